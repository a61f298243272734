// Package product shows products.
package product

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Catalogue finds the parts of products.
type Catalogue struct {
	client *redis.Client
}

// NewCatalogue returns a catalogue whose parts lie in the Redis at address.
func NewCatalogue(address string) *Catalogue {
	return &Catalogue{client: redis.NewClient(&redis.Options{
		Addr:        address,
		PoolSize:    48,
		PoolTimeout: 2 * time.Second,
	})}
}

// Close gives all connections back.
func (c *Catalogue) Close() error { return c.client.Close() }

// Routes registers the catalogue's paths.
func (c *Catalogue) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/product", c.serve)
}

func (c *Catalogue) serve(w http.ResponseWriter, r *http.Request) {
	id := r.FormValue("id")
	count, err := strconv.Atoi(r.FormValue("parts"))
	if err != nil || count < 1 || count > 20 {
		http.Error(w, "parts: 1 to 20", http.StatusBadRequest)
		return
	}
	parts := make([]string, count)
	var wait sync.WaitGroup
	for i := range parts {
		wait.Add(1)
		go func(i int) {
			defer wait.Done()
			parts[i] = c.part(r.Context(), id, i)
		}(i)
	}
	wait.Wait()
	fmt.Fprintln(w, strings.Join(parts, "\n"))
}

// part returns one part of a product and makes it the first time.
func (c *Catalogue) part(ctx context.Context, id string, number int) string {
	key := fmt.Sprintf("product:%s:%d", id, number)
	text, err := c.client.Get(ctx, key).Result()
	if err == nil {
		return text
	}
	text = fmt.Sprintf("part %d of product %s: %s", number, id, strings.Repeat("fine ", 20))
	if err := c.client.Set(ctx, key, text, time.Minute).Err(); err != nil {
		return ""
	}
	return text
}
