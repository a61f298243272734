// An order service that writes down who changed what, for the auditors.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/data/channel-backlog/leaky/internal/audit"
	"zoo.gopatrol.dev/data/channel-backlog/leaky/internal/orders"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(800)
	trail := audit.NewTrail()
	go trail.Run(svc.Context())
	orders.NewDesk(trail).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/change?order=%d&user=clerk-%d&amount=%d", n, n%60, n%900))
	})
}
