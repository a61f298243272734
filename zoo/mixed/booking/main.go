// A booking service for hotels: it quotes a price and takes bookings, each of them
// once however often a client sends it.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/mixed/booking/internal/desk"
	"zoo.gopatrol.dev/mixed/booking/internal/rates"
)

func main() {
	svc := harness.New(240)
	desk.New(rates.NewQuoter(120)).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		if n%6 == 0 {
			return svc.Get(ctx, fmt.Sprintf("/quote?room=%d", n%120))
		}
		return svc.Get(ctx, fmt.Sprintf("/book?room=%d&guest=guest-%d&request=%d", n%120, n%5000, n))
	})
}
