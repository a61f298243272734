// A heat map: keeps a map of where in a city people are, for a dashboard: phones
// report cells, and the dashboard gets a view that stays the same while it is drawn.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"zoo.gopatrol.dev/gc/long-stw/leaky/internal/heatmap"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(200)
	city := heatmap.Open()
	svc.Mux.HandleFunc("/report", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		city.Report(strings.Fields(string(body)))
		w.WriteHeader(http.StatusNoContent)
	})
	svc.Mux.HandleFunc("/view", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, city.View())
	})
	svc.Mux.HandleFunc("/place", func(w http.ResponseWriter, r *http.Request) {
		for _, street := range heatmap.Streets(r.URL.Query().Get("near")) {
			fmt.Fprintln(w, street)
		}
	})
	svc.Run(func(ctx context.Context, n int) error {
		switch {
		case n%40 == 0:
			return svc.Get(ctx, "/view")
		case n%4 != 0:
			return svc.Get(ctx, fmt.Sprintf("/place?near=%d", n*7919%heatmap.Cells))
		}
		var cells strings.Builder
		for i := 0; i < 200; i++ {
			fmt.Fprintf(&cells, "%d ", (n*2003+i*977)%heatmap.Cells)
		}
		return svc.Post(ctx, "/report", "text/plain", strings.NewReader(cells.String()))
	})
}
