// Package meters adds readings up.
package meters

import (
	"context"
	"encoding/json"
	"net/http"
	"sync/atomic"
)

// Reading is what one meter says.
type Reading struct {
	Meter     int
	WattHours int
}

// Station spreads readings over counters.
type Station struct {
	lanes []chan Reading
	total atomic.Int64
	quiet atomic.Int64
}

// NewStation returns a station whose counters run until ctx ends.
func NewStation(ctx context.Context, lanes int) *Station {
	s := &Station{}
	for i := 0; i < lanes; i++ {
		lane := make(chan Reading, 128)
		s.lanes = append(s.lanes, lane)
		c := &counter{station: s, readings: lane, sums: make(map[int]int)}
		go c.run(ctx)
	}
	return s
}

// Routes registers the station's paths.
func (s *Station) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/total", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]int64{"watthours": s.total.Load(), "quiet": s.quiet.Load()})
	})
}

// Take hands a reading to the counter of its meter.
func (s *Station) Take(ctx context.Context, reading Reading) error {
	select {
	case s.lanes[reading.Meter%len(s.lanes)] <- reading:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
