// An export service: gives a shop's orders as CSV.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/resource/sync-pool/leaky/internal/export"
)

func main() {
	svc := harness.New(70)
	export.NewService().Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/orders.csv?shop=%d&rows=%d", n%50, 60+n%60))
	})
}
