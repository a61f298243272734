// Package api answers what to show.
package api

import (
	"encoding/json"
	"net/http"
	"strconv"

	"zoo.gopatrol.dev/gc/limit-thrash/fixed/internal/shop"
)

// API is the HTTP face of a history.
type API struct {
	history *shop.History
}

// New returns the handlers over a history.
func New(history *shop.History) *API {
	return &API{history: history}
}

// Routes registers the handlers.
func (a *API) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/also", a.also)
}

func (a *API) also(w http.ResponseWriter, r *http.Request) {
	customer, err := strconv.Atoi(r.FormValue("customer"))
	if err != nil {
		http.Error(w, "customer must be a number", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	suggestions := a.history.Also(customer)
	if len(suggestions) > 20 {
		suggestions = suggestions[:20]
	}
	json.NewEncoder(w).Encode(suggestions)
}
