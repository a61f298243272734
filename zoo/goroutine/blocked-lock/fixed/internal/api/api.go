// Package api takes transfer orders.
package api

import (
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"

	"zoo.gopatrol.dev/goroutine/blocked-lock/fixed/internal/ledger"
)

// API is the HTTP face of a ledger.
type API struct {
	ledger *ledger.Ledger
	last   atomic.Int64
}

// New returns the handlers over a ledger.
func New(l *ledger.Ledger) *API {
	return &API{ledger: l}
}

// Routes registers the handlers.
func (a *API) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/transfer", a.transfer)
}

func (a *API) transfer(w http.ResponseWriter, r *http.Request) {
	cents, err := strconv.ParseInt(r.FormValue("cents"), 10, 64)
	if err != nil || cents <= 0 {
		http.Error(w, "cents is not a positive number", http.StatusBadRequest)
		return
	}
	order, err := a.ledger.Prepare(a.last.Add(1), r.FormValue("from"), r.FormValue("to"), cents)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	go a.ledger.Book(order)
	w.WriteHeader(http.StatusAccepted)
	fmt.Fprintf(w, "order %d\n", order.Number)
}
