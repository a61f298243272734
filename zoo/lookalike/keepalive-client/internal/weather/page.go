package weather

import (
	"context"
	"fmt"
	"math/rand"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const stations = 80

// Page shows the latest report of every station.
type Page struct {
	client *Client

	mu      sync.RWMutex
	reports [stations]Report
}

// NewPage returns a page without reports.
func NewPage(client *Client) *Page {
	return &Page{client: client}
}

// Routes registers the page.
func (p *Page) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/weather", func(w http.ResponseWriter, r *http.Request) {
		station, err := strconv.Atoi(r.FormValue("station"))
		if err != nil || station < 0 || station >= stations {
			http.NotFound(w, r)
			return
		}
		p.mu.RLock()
		defer p.mu.RUnlock()
		fmt.Fprintf(w, "%.1f degrees\n", p.reports[station].Celsius)
	})
}

// RefreshRegularly asks a good half of the stations every so often until ctx ends.
func (p *Page) RefreshRegularly(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		p.refresh(ctx, stations/2+rand.Intn(stations/2))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// refresh asks n stations, all at the same time.
func (p *Page) refresh(ctx context.Context, n int) {
	var asking sync.WaitGroup
	for _, station := range rand.Perm(stations)[:n] {
		asking.Add(1)
		go func(station int) {
			defer asking.Done()
			report, err := p.client.Ask(ctx, station)
			if err != nil {
				return
			}
			p.mu.Lock()
			p.reports[station] = report
			p.mu.Unlock()
		}(station)
	}
	asking.Wait()
}
