// An API gateway that allows every caller a number of requests per second.
package main

import (
	"context"
	"fmt"
	"time"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/expiring-map/internal/limiter"
)

func main() {
	svc := harness.New(500)
	limits := limiter.New(20, 5*time.Second)
	go limits.Janitor(svc.Context(), 2*time.Second)
	limits.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/api?caller=2001:db8:%x:%x::1", n/65536, n%65536))
	})
}
