// Package api answers questions about places.
package api

import (
	"encoding/json"
	"net/http"
	"strconv"

	"zoo.gopatrol.dev/gc/gogc-off/leaky/internal/places"
)

// API is the HTTP face of a gazetteer.
type API struct {
	gazetteer *places.Gazetteer
}

// New returns the handlers over a gazetteer.
func New(gazetteer *places.Gazetteer) *API {
	return &API{gazetteer: gazetteer}
}

// Routes registers the handlers.
func (a *API) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/nearest", a.nearest)
}

func (a *API) nearest(w http.ResponseWriter, r *http.Request) {
	lat, latErr := strconv.ParseFloat(r.FormValue("lat"), 64)
	lon, lonErr := strconv.ParseFloat(r.FormValue("lon"), 64)
	if latErr != nil || lonErr != nil {
		http.Error(w, "lat and lon must be numbers", http.StatusBadRequest)
		return
	}
	answer, err := json.Marshal(a.gazetteer.Nearest(lat, lon, 10))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(answer)
}
