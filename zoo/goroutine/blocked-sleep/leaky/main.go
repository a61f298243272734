// A shop's dispatch desk: orders are handed to a carrier, and the customer is
// told once the parcel has arrived.
package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"zoo.gopatrol.dev/goroutine/blocked-sleep/leaky/internal/carrier"
	"zoo.gopatrol.dev/goroutine/blocked-sleep/leaky/internal/orders"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(80)
	desk := orders.NewDesk(carrier.New())
	svc.Mux.HandleFunc("/dispatch", func(w http.ResponseWriter, r *http.Request) {
		number, err := strconv.Atoi(r.FormValue("order"))
		if err != nil {
			http.Error(w, "order is not a number", http.StatusBadRequest)
			return
		}
		desk.Dispatch(number, r.FormValue("recall") != "")
		w.WriteHeader(http.StatusAccepted)
	})
	svc.Mux.HandleFunc("/inbox", func(w http.ResponseWriter, r *http.Request) {
		for _, line := range desk.Inbox() {
			fmt.Fprintln(w, line)
		}
	})

	svc.Run(func(ctx context.Context, n int) error {
		switch {
		case n%30 == 0:
			return svc.Get(ctx, "/inbox")
		case n%2 == 1:
			return svc.Get(ctx, fmt.Sprintf("/dispatch?order=%d&recall=customer", n))
		default:
			return svc.Get(ctx, fmt.Sprintf("/dispatch?order=%d", n))
		}
	})
}
