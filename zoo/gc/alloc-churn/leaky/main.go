// An exporter that collects the measurements of many sensors and shows the
// latest value of each to whoever scrapes it.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/gc/alloc-churn/leaky/internal/exporter"
	"zoo.gopatrol.dev/harness"
)

const sensors = 600

func main() {
	svc := harness.New(20)
	registry := exporter.NewRegistry(sensors)
	exporter.NewHandler(registry).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		if n%2 == 0 {
			return svc.Get(ctx, fmt.Sprintf("/report?sensor=%d&celsius=%d.5", n%sensors, n%35))
		}
		return svc.Get(ctx, "/metrics")
	})
}
