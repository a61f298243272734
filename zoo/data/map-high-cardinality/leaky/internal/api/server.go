// Package api answers the clients of the order service.
package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"zoo.gopatrol.dev/data/map-high-cardinality/leaky/internal/usage"
)

// Server answers for orders and customers.
type Server struct {
	recorder *usage.Recorder
}

// NewServer returns a server that tells recorder about each request.
func NewServer(recorder *usage.Recorder) *Server {
	return &Server{recorder: recorder}
}

// Routes registers the handlers.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/orders/", s.timed(s.order))
	mux.HandleFunc("/customers/", s.timed(s.customer))
	mux.HandleFunc("/usage", s.usage)
}

func (s *Server) timed(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		next(w, r)
		s.recorder.Observe(requestName(r), time.Since(began))
	}
}

func requestName(r *http.Request) string {
	return r.Method + " " + r.URL.Path
}

func (s *Server) order(w http.ResponseWriter, r *http.Request) {
	id := strings.TrimPrefix(r.URL.Path, "/orders/")
	json.NewEncoder(w).Encode(map[string]any{"order": id, "state": "shipped", "lines": 3})
}

func (s *Server) customer(w http.ResponseWriter, r *http.Request) {
	id := strings.TrimPrefix(r.URL.Path, "/customers/")
	json.NewEncoder(w).Encode(map[string]any{"customer": id, "name": "customer " + id})
}

func (s *Server) usage(w http.ResponseWriter, r *http.Request) {
	for i, row := range s.recorder.Slowest(20) {
		fmt.Fprintf(w, "%2d %-40s %6d %v\n", i+1, row.Name, row.Count, row.P99)
	}
}
