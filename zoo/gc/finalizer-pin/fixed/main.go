// A map tile service: renders tiles from elevation data.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/gc/finalizer-pin/fixed/internal/elevation"
	"zoo.gopatrol.dev/gc/finalizer-pin/fixed/internal/tiles"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(150)
	tiles.New(elevation.NewStore()).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/tile?x=%d&y=%d", n%400, n/400%400))
	})
}
