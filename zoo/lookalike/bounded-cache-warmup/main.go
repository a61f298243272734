// A picture server: scales pictures once and keeps the most recently used ones.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/bounded-cache-warmup/internal/thumbs"
)

func main() {
	svc := harness.New(170)
	cache := thumbs.NewCache(1500)
	cache.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		if n%10 == 0 {
			return svc.Get(ctx, fmt.Sprintf("/thumb?id=%d", n%40))
		}
		return svc.Get(ctx, fmt.Sprintf("/thumb?id=%d", n))
	})
}
