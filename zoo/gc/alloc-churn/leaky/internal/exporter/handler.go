package exporter

import (
	"compress/gzip"
	"net/http"
	"strconv"
	"sync"
)

// Handler takes reports and answers scrapes.
type Handler struct {
	registry *Registry
	// texts holds *[]byte, the buffers of earlier scrapes.
	texts sync.Pool
}

// NewHandler returns a handler over a registry.
func NewHandler(registry *Registry) *Handler {
	return &Handler{registry: registry}
}

// Routes registers the handlers.
func (h *Handler) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/report", h.report)
	mux.HandleFunc("/metrics", h.metrics)
}

func (h *Handler) report(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(r.FormValue("sensor"))
	if err != nil {
		http.Error(w, "sensor is not a number", http.StatusBadRequest)
		return
	}
	celsius, err := strconv.ParseFloat(r.FormValue("celsius"), 64)
	if err != nil {
		http.Error(w, "celsius is not a number", http.StatusBadRequest)
		return
	}
	h.registry.Report(number, celsius)
}

func (h *Handler) metrics(w http.ResponseWriter, r *http.Request) {
	site, err := strconv.Atoi(r.FormValue("site"))
	if err != nil {
		http.Error(w, "site is not a number", http.StatusBadRequest)
		return
	}
	buffer, ok := h.texts.Get().(*[]byte)
	if !ok {
		buffer = new([]byte)
	}
	defer h.texts.Put(buffer)
	*buffer = h.registry.AppendText((*buffer)[:0], site)

	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	w.Header().Set("Content-Encoding", "gzip")
	compressed := gzip.NewWriter(w)
	compressed.Write(*buffer)
	compressed.Close()
}
