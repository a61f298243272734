// Package baskets keeps the baskets of customers.
package baskets

import (
	"encoding/json"
	"net/http"

	"github.com/go-redis/redis/v8"
)

// Shop answers requests about baskets.
type Shop struct {
	client *redis.Client
}

// NewShop returns a shop whose baskets lie where config says.
func NewShop(config Config) *Shop {
	return &Shop{client: connect(config)}
}

// Close gives the connections back.
func (s *Shop) Close() error {
	return s.client.Close()
}

// Routes registers the shop's paths.
func (s *Shop) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/basket/add", s.add)
}

func (s *Shop) add(w http.ResponseWriter, r *http.Request) {
	customer, item := r.FormValue("customer"), r.FormValue("item")
	if customer == "" || item == "" {
		http.Error(w, "customer and item are needed", http.StatusBadRequest)
		return
	}
	basket := open(s.client, customer)
	count, err := basket.Add(r.Context(), item)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"customer": customer, "items": count})
}
