// Package digest puts newsletters together.
package digest

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
)

// Press prints digests from a fixed set of feeds.
type Press struct {
	feeds   []*Feed
	printed atomic.Int64
	missed  atomic.Int64
}

// NewPress opens n feeds. The last one has just been created and is empty.
func NewPress(n int) *Press {
	p := &Press{}
	for i := 0; i < n; i++ {
		articles := 40
		if i == n-1 {
			articles = 0
		}
		p.feeds = append(p.feeds, newFeed(fmt.Sprintf("feed%02d", i), articles))
	}
	return p
}

// Printed tells how many digests are done.
func (p *Press) Printed() int64 { return p.printed.Load() }

// Order has the digest of a reader printed in the background.
func (p *Press) Order(reader int) {
	go p.print(reader)
}

// interests are three feeds for each reader.
func (p *Press) interests(reader int) []*Feed {
	picked := make([]*Feed, 3)
	for i := range picked {
		picked[i] = p.feeds[(reader*7+i*5)%len(p.feeds)]
	}
	return picked
}

func (p *Press) print(reader int) {
	feeds := p.interests(reader)
	parts := make([]string, len(feeds))
	var open sync.WaitGroup
	open.Add(len(feeds))
	for i, feed := range feeds {
		i, feed := i, feed
		go func() {
			defer open.Done()
			text, err := feed.Pick(reader)
			if err != nil {
				p.missed.Add(1)
				return
			}
			parts[i] = text
		}()
	}
	open.Wait()
	if digest := strings.Join(parts, "\n"); len(digest) > 0 {
		p.printed.Add(1)
	}
}
