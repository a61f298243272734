// The front door of an order service: it answers for orders and customers and
// shows the operators how fast each kind of request is.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/data/map-high-cardinality/fixed/internal/api"
	"zoo.gopatrol.dev/data/map-high-cardinality/fixed/internal/usage"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(500)
	recorder := usage.NewRecorder()
	api.NewServer(recorder).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		switch {
		case n%200 == 0:
			return svc.Get(ctx, "/usage")
		case n%3 == 0:
			return svc.Get(ctx, fmt.Sprintf("/customers/%d", n))
		default:
			return svc.Get(ctx, fmt.Sprintf("/orders/%d", n))
		}
	})
}
