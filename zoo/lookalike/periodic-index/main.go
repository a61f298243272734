// A help centre: visitors search its articles, which editors change all day.
package main

import (
	"context"
	"fmt"
	"time"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/periodic-index/internal/search"
)

func main() {
	svc := harness.New(60)
	centre := search.NewCentre(2500)
	centre.Routes(svc.Mux)
	go centre.Refresh(svc.Context(), 10*time.Second)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/search?word=w%d", n%4000))
	})
}
