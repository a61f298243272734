// Package seats keeps who sits where.
package seats

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
)

// Plan is the seats of a hall.
type Plan struct {
	mu    sync.Mutex
	taken []int
}

// NewPlan returns a hall of n free seats.
func NewPlan(n int) *Plan {
	return &Plan{taken: make([]int, n)}
}

// Routes registers the handlers.
func (p *Plan) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/reserve", p.reserve)
}

func (p *Plan) reserve(w http.ResponseWriter, r *http.Request) {
	seat, err := strconv.Atoi(r.FormValue("seat"))
	if err != nil || seat < 0 || seat >= len(p.taken) {
		http.Error(w, "no such seat", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	p.taken[seat]++
	p.mu.Unlock()
	fmt.Fprintf(w, "seat %d is yours\n", seat)
}

// Each calls visit for every seat with how often it was sold.
func (p *Plan) Each(visit func(seat, sold int)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for seat, sold := range p.taken {
		visit(seat, sold)
	}
}
