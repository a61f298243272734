// A service before a database: it opens a connection when all others are busy, up
// to a limit.
package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/growing-pool/internal/backend"
)

// rise is how long visitors take to arrive in the morning.
const rise = 12 * time.Second

func main() {
	svc := harness.New(30)
	pool := backend.NewPool(120)
	pool.Routes(svc.Mux)

	var visitors atomic.Int64
	began := time.Now()
	svc.Run(func(ctx context.Context, n int) error {
		wanted := int64(200 * min(1, time.Since(began).Seconds()/rise.Seconds()))
		for visitors.Load() < wanted {
			id := visitors.Add(1)
			go visit(ctx, pool, int(id))
		}
		return svc.Get(ctx, fmt.Sprintf("/status?n=%d", n))
	})
}

// visit asks again and again, as somebody does who reads page after page.
func visit(ctx context.Context, pool *backend.Pool, id int) {
	for page := 0; ctx.Err() == nil; page++ {
		pool.Query(ctx, fmt.Sprintf("select page %d for visitor %d", page, id))
	}
}
