// Package quotes shows the prices of one symbol.
package quotes

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"zoo.gopatrol.dev/data/listener-registry/fixed/internal/market"
)

// Page is what traders open.
type Page struct {
	feed *market.Feed
}

// NewPage returns a page that shows the feed's prices.
func NewPage(feed *market.Feed) *Page {
	return &Page{feed: feed}
}

// Routes registers the handlers.
func (p *Page) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/quotes", p.show)
}

func (p *Page) show(w http.ResponseWriter, r *http.Request) {
	symbol := r.FormValue("symbol")
	depth, err := strconv.Atoi(r.FormValue("depth"))
	if err != nil || depth <= 0 || depth > 100 {
		http.Error(w, "depth is not between 1 and 100", http.StatusBadRequest)
		return
	}
	view := newView(p.feed.Latest(symbol), depth)
	stop := p.feed.OnTick(symbol, func(tick market.Tick) { view.update(tick) })
	defer stop()
	view.render(w)
}

// view is one trader's table of prices.
type view struct {
	mu   sync.Mutex
	rows []row
}

type row struct {
	cents  int
	change int
	text   string
	bars   [12]int32
}

func newView(latest market.Tick, depth int) *view {
	v := &view{rows: make([]row, depth)}
	v.update(latest)
	return v
}

func (v *view) update(tick market.Tick) {
	v.mu.Lock()
	defer v.mu.Unlock()
	last := v.rows[0].cents
	copy(v.rows[1:], v.rows)
	v.rows[0] = row{cents: tick.Cents, change: tick.Cents - last, text: tick.Symbol}
}

func (v *view) render(w http.ResponseWriter) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, r := range v.rows {
		fmt.Fprintf(w, "%-6s %6d %+d\n", r.text, r.cents, r.change)
	}
}
