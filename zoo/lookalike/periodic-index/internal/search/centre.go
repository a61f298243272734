// Package search finds articles by their words.
package search

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Centre holds the articles and the index that is in use.
type Centre struct {
	articles []article

	mu    sync.RWMutex
	index index
}

// NewCentre writes n articles.
func NewCentre(n int) *Centre {
	c := &Centre{articles: make([]article, n)}
	for i := range c.articles {
		c.articles[i] = article{number: i, seed: i * 7919}
	}
	c.index = build(c.articles)
	return c
}

// Routes registers the handler.
func (c *Centre) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/search", c.search)
}

// Refresh makes a new index every so often until ctx ends.
func (c *Centre) Refresh(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			fresh := build(c.articles)
			c.mu.Lock()
			c.index = fresh
			c.mu.Unlock()
		}
	}
}

func (c *Centre) search(w http.ResponseWriter, r *http.Request) {
	c.mu.RLock()
	hits := c.index[r.FormValue("word")]
	c.mu.RUnlock()
	fmt.Fprintf(w, "%d articles\n", len(hits))
	for i, hit := range hits {
		if i == 10 {
			return
		}
		fmt.Fprintf(w, "article %d, word %d\n", hit.article, hit.position)
	}
}
