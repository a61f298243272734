// Package api answers questions about ways.
package api

import (
	"encoding/json"
	"net/http"
	"strconv"

	"zoo.gopatrol.dev/gc/no-memory-limit/fixed/internal/roads"
)

// API is the HTTP face of a road graph.
type API struct {
	graph *roads.Graph
}

// New returns the handlers over a graph.
func New(graph *roads.Graph) *API {
	return &API{graph: graph}
}

// Routes registers the handlers.
func (a *API) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/route", a.route)
}

func (a *API) route(w http.ResponseWriter, r *http.Request) {
	from, fromErr := strconv.Atoi(r.FormValue("from"))
	hops, hopsErr := strconv.Atoi(r.FormValue("hops"))
	if fromErr != nil || hopsErr != nil || from < 0 || hops > 1000 {
		http.Error(w, "from and hops must be numbers", http.StatusBadRequest)
		return
	}
	answer, err := json.Marshal(a.graph.Route(from, hops))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(answer)
}
