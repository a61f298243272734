// A recommender: keeps who bought what and answers what else to show.
package main

import (
	"context"
	"fmt"
	"math/rand"

	"zoo.gopatrol.dev/gc/limit-thrash/leaky/internal/api"
	"zoo.gopatrol.dev/gc/limit-thrash/leaky/internal/shop"
	"zoo.gopatrol.dev/gc/limit-thrash/leaky/internal/telemetry"
	"zoo.gopatrol.dev/harness"
)

const customers = 40_000

func main() {
	svc := harness.New(300)
	svc.Mux.HandleFunc("/metrics", telemetry.Serve)
	api.New(shop.Remember(customers)).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/also?customer=%d", rand.Intn(customers)))
	})
}
