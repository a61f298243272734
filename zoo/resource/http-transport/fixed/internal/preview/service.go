// Package preview describes shared links.
package preview

import (
	"encoding/json"
	"net/http"
)

// Service answers /preview.
type Service struct {
	fetcher *fetcher
}

// NewService returns a service that finds pages below web.
func NewService(web string) *Service {
	return &Service{fetcher: newFetcher(web)}
}

// Routes registers the service's paths.
func (s *Service) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/preview", s.serve)
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request) {
	page := r.FormValue("page")
	if page == "" {
		http.Error(w, "page is missing", http.StatusBadRequest)
		return
	}
	card, err := s.fetcher.Card(r.Context(), page)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(card)
}
