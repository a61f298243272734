// Package dedup lets each event through once.
package dedup

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// Filter remembers events for one to two turns.
type Filter struct {
	turn time.Duration

	mu       sync.Mutex
	current  map[string]*sighting
	previous map[string]*sighting
	turned   time.Time
}

type sighting struct {
	first time.Time
	times int
	agent [512]byte
}

// NewFilter returns a filter whose maps take turns that long.
func NewFilter(turn time.Duration) *Filter {
	return &Filter{turn: turn, current: make(map[string]*sighting), turned: time.Now()}
}

// Routes registers the handler.
func (f *Filter) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/event", f.event)
}

func (f *Filter) event(w http.ResponseWriter, r *http.Request) {
	if f.isNew(r.FormValue("id"), r.UserAgent(), time.Now()) {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	w.WriteHeader(http.StatusOK)
}

func (f *Filter) isNew(id, agent string, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now.Sub(f.turned) > f.turn {
		f.previous, f.current = f.current, make(map[string]*sighting)
		f.turned = now
	}
	known := f.current[id]
	if known == nil {
		known = f.previous[id]
	}
	if known != nil {
		known.times++
		return false
	}
	s := &sighting{first: now, times: 1}
	copy(s.agent[:], agent)
	f.current[strings.Clone(id)] = s
	return true
}
