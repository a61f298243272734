// A collector of events that drops those it has seen within the last seconds.
package main

import (
	"context"
	"fmt"
	"time"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/rotating-map/internal/dedup"
)

func main() {
	svc := harness.New(700)
	filter := dedup.NewFilter(4 * time.Second)
	filter.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		if n%5 == 0 {
			n -= 40
		}
		return svc.Get(ctx, fmt.Sprintf("/event?id=event-%d", n))
	})
}
