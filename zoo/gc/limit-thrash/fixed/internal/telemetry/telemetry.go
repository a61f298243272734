// Package telemetry serves the runtime's metrics as Prometheus text, under the
// names that the Go client library gives them.
package telemetry

import (
	"fmt"
	"net/http"
	"runtime/metrics"
	"strings"
)

// Serve writes one sample of every metric that is a number.
func Serve(w http.ResponseWriter, _ *http.Request) {
	descriptions := metrics.All()
	samples := make([]metrics.Sample, 0, len(descriptions))
	for _, description := range descriptions {
		if description.Kind != metrics.KindFloat64Histogram {
			samples = append(samples, metrics.Sample{Name: description.Name})
		}
	}
	metrics.Read(samples)
	cumulative := make(map[string]bool, len(descriptions))
	for _, description := range descriptions {
		cumulative[description.Name] = description.Cumulative
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	for _, sample := range samples {
		name := promName(sample.Name, cumulative[sample.Name])
		switch sample.Value.Kind() {
		case metrics.KindUint64:
			fmt.Fprintf(w, "# TYPE %s untyped\n%s %d\n", name, name, sample.Value.Uint64())
		case metrics.KindFloat64:
			fmt.Fprintf(w, "# TYPE %s untyped\n%s %g\n", name, name, sample.Value.Float64())
		}
	}
}

func promName(name string, cumulative bool) string {
	name = "go" + strings.NewReplacer("/", "_", "-", "_", ":", "_").Replace(name)
	if cumulative {
		name += "_total"
	}
	return name
}
