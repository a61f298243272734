package search

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

const patience = 300 * time.Millisecond

// Handler serves searches over HTTP.
type Handler struct {
	cluster *Cluster
}

// NewHandler returns a handler over a cluster.
func NewHandler(cluster *Cluster) *Handler {
	return &Handler{cluster: cluster}
}

// Routes registers the handler.
func (h *Handler) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/search", h.search)
}

func (h *Handler) search(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	result, err := h.cluster.First(ctx, r.FormValue("q"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusGatewayTimeout)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(result)
}
