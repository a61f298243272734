// Package usage measures how often and how fast requests are answered.
package usage

import (
	"sort"
	"sync"
	"time"
)

// Recorder holds a histogram for each name.
type Recorder struct {
	mu     sync.Mutex
	byName map[string]*histogram
}

// Row is what operators see of one name.
type Row struct {
	Name  string
	Count uint64
	P99   time.Duration
}

// NewRecorder returns a recorder without rows.
func NewRecorder() *Recorder {
	return &Recorder{byName: make(map[string]*histogram)}
}

// Observe counts one request that took so long.
func (r *Recorder) Observe(name string, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h, ok := r.byName[name]
	if !ok {
		h = newHistogram()
		r.byName[name] = h
	}
	h.add(took)
}

// Slowest returns the n names with the longest answers.
func (r *Recorder) Slowest(n int) []Row {
	r.mu.Lock()
	defer r.mu.Unlock()
	rows := make([]Row, 0, len(r.byName))
	for name, h := range r.byName {
		rows = append(rows, Row{Name: name, Count: h.total, P99: h.quantile(0.99)})
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].P99 > rows[j].P99 })
	if len(rows) > n {
		rows = rows[:n]
	}
	return rows
}
