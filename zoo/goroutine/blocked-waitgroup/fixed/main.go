// A newsletter service: every reader gets a digest that is put together from
// several feeds in the background.
package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"zoo.gopatrol.dev/goroutine/blocked-waitgroup/fixed/internal/digest"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(70)
	press := digest.NewPress(12)
	svc.Mux.HandleFunc("/subscribe", func(w http.ResponseWriter, r *http.Request) {
		reader, err := strconv.Atoi(r.FormValue("reader"))
		if err != nil {
			http.Error(w, "reader is not a number", http.StatusBadRequest)
			return
		}
		press.Order(reader)
		w.WriteHeader(http.StatusAccepted)
	})
	svc.Mux.HandleFunc("/status", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%d printed\n", press.Printed())
	})

	svc.Run(func(ctx context.Context, n int) error {
		if n%25 == 0 {
			return svc.Get(ctx, "/status")
		}
		return svc.Get(ctx, fmt.Sprintf("/subscribe?reader=%d", n%9000))
	})
}
