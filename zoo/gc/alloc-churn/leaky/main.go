// An exporter that collects the measurements of many sensors and shows the
// latest values of a site to whoever scrapes it, compressed.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/gc/alloc-churn/leaky/internal/exporter"
	"zoo.gopatrol.dev/harness"
)

const (
	sensors = 600
	// sites is how many plants the sensors are in.
	sites = 60
)

func main() {
	svc := harness.New(400)
	registry := exporter.NewRegistry(sensors)
	exporter.NewHandler(registry).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		if n%2 == 0 {
			return svc.Get(ctx, fmt.Sprintf("/report?sensor=%d&celsius=%d.5", n%sensors, n%35))
		}
		return svc.Get(ctx, fmt.Sprintf("/metrics?site=%d", n/2%sites))
	})
}
