// A route planner: keeps the road graph in memory and finds ways through it.
package main

import (
	"context"
	"fmt"
	"math/rand"

	"zoo.gopatrol.dev/gc/no-memory-limit/leaky/internal/api"
	"zoo.gopatrol.dev/gc/no-memory-limit/leaky/internal/roads"
	"zoo.gopatrol.dev/harness"
)

const junctions = 300_000

func main() {
	svc := harness.New(60)
	api.New(roads.Build(junctions)).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/route?from=%d&hops=400", rand.Intn(junctions)))
	})
}
