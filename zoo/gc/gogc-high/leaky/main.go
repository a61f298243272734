// A price list service: renders the lists of shops on request.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/gc/gogc-high/leaky/internal/prices"
	"zoo.gopatrol.dev/gc/gogc-high/leaky/internal/web"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(120)
	web.PrepareRuntime()
	web.New(prices.Load(60_000)).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/list?shop=%d", n%300))
	})
}
