// A metering service: takes readings of electricity meters and adds them up.
package main

import (
	"context"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/resource/timer-after/fixed/internal/meters"
)

const readingsPerOperation = 40

func main() {
	svc := harness.New(100)
	station := meters.NewStation(svc.Context(), 4)
	station.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		for i := 0; i < readingsPerOperation; i++ {
			if err := station.Take(ctx, meters.Reading{Meter: (n*readingsPerOperation + i) % 5000, WattHours: 40 + i}); err != nil {
				return err
			}
		}
		return nil
	})
}
