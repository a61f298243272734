// An invoicing service: invoices are written at once, and the customer's tax
// number is checked with the tax office afterwards.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"zoo.gopatrol.dev/goroutine/blocked-io/fixed/internal/billing"
	"zoo.gopatrol.dev/goroutine/blocked-io/internal/taxoffice"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(60)
	office, err := taxoffice.Open(svc.Context())
	if err != nil {
		log.Fatal(err)
	}
	desk := billing.NewDesk(billing.NewChecker(office.Addr()))
	svc.Mux.HandleFunc("/invoice", func(w http.ResponseWriter, r *http.Request) {
		invoice := desk.Issue(r.FormValue("customer"), r.FormValue("tax"))
		fmt.Fprintf(w, "%s\n", invoice)
	})
	svc.Mux.HandleFunc("/refused", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%d\n", desk.Refused())
	})

	svc.Run(func(ctx context.Context, n int) error {
		if n%20 == 0 {
			return svc.Get(ctx, "/refused")
		}
		return svc.Get(ctx, fmt.Sprintf("/invoice?customer=c%d&tax=DE%09d", n%700, n%97))
	})
}
