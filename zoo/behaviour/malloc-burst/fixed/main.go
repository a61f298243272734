// A ticket shop: sells seats, and sends the seat plan to partners from time to
// time.
package main

import (
	"context"
	"fmt"
	"time"

	"zoo.gopatrol.dev/behaviour/malloc-burst/fixed/internal/partners"
	"zoo.gopatrol.dev/behaviour/malloc-burst/fixed/internal/seats"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(100)
	plan := seats.NewPlan(4000)
	plan.Routes(svc.Mux)
	go partners.Sync(svc.Context(), plan, 22*time.Second, 100*time.Millisecond)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/reserve?seat=%d", n*7%4000))
	})
}
