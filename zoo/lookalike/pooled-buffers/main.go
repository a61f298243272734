// A picture scaler: every request works on a large buffer from a pool.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/pooled-buffers/internal/scale"
)

func main() {
	svc := harness.New(120)
	scale.NewScaler().Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/scale?seed=%d&width=%d&height=480", n, 320+n%5*160))
	})
}
