// A news site: few visitors in the early morning, many at noon, few at night.
package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/daily-load/internal/visits"
)

const (
	// day is how long it takes from one quiet time to the next.
	day = 10 * time.Minute
	// stay is how long a visitor reads.
	stay = 30 * time.Second
)

func main() {
	svc := harness.New(500)
	desk := visits.NewDesk(stay, svc.Elapsed)
	desk.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		phase := svc.Elapsed().Seconds() / day.Seconds()
		busy := 0.1 + 0.9*math.Pow(math.Sin(math.Pi*phase), 2)
		if _, part := math.Modf(float64(n) * math.Phi); part > busy {
			return nil
		}
		return svc.Get(ctx, fmt.Sprintf("/read?visitor=%d&article=%d", n, n%700))
	})
}
