// A notification service: a large pool of workers waits for messages to deliver.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/worker-pool/internal/deliver"
)

func main() {
	svc := harness.New(150)
	pool := deliver.NewPool(500)
	pool.Start(svc.Context(), 100)
	pool.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/notify?user=%d&text=parcel+%d+is+on+its+way", n%700, n))
	})
}
