// Package events collects what visitors do.
package events

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Event is one click.
type Event struct {
	At      time.Time
	Visitor string
	Page    string
	Item    int
	Trace   string
}

// Batcher holds events until they are written.
type Batcher struct {
	out   io.Writer
	limit int

	mu      sync.Mutex
	pending []Event
	lost    int
}

// NewBatcher returns a batcher that holds up to limit events between two flushes.
func NewBatcher(out io.Writer, limit int) *Batcher {
	return &Batcher{out: out, limit: limit}
}

// Routes registers the handler.
func (b *Batcher) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/click", b.click)
}

func (b *Batcher) click(w http.ResponseWriter, r *http.Request) {
	items, err := strconv.Atoi(r.FormValue("items"))
	if err != nil || items < 1 || items > 100 {
		http.Error(w, "items must be 1 to 100", http.StatusBadRequest)
		return
	}
	visitor, page := strings.Clone(r.FormValue("visitor")), strings.Clone(r.FormValue("page"))
	for item := 0; item < items; item++ {
		b.add(Event{
			At:      time.Now(),
			Visitor: visitor,
			Page:    page,
			Item:    item,
			Trace:   fmt.Sprintf("%s-%s-%06d-%s", visitor, page, item, strings.Repeat("0", 64)),
		})
	}
}

func (b *Batcher) add(event Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.pending) >= b.limit {
		b.lost++
		return
	}
	b.pending = append(b.pending, event)
}

// FlushRegularly writes the pending events every so often until ctx ends.
func (b *Batcher) FlushRegularly(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := b.flush(); err != nil {
				log.Print(err)
			}
		}
	}
}

func (b *Batcher) flush() error {
	b.mu.Lock()
	batch := b.pending
	b.pending = nil
	b.mu.Unlock()

	packed := gzip.NewWriter(b.out)
	for _, event := range batch {
		fmt.Fprintf(packed, "%d\t%s\t%s\t%d\t%s\n", event.At.UnixMilli(), event.Visitor, event.Page, event.Item, event.Trace)
	}
	return packed.Close()
}
