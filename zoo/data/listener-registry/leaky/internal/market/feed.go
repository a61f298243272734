// Package market gives the latest prices to whoever wants to know.
package market

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Tick is a new price.
type Tick struct {
	Symbol string
	Cents  int
	At     time.Time
}

// Feed makes prices and tells them.
type Feed struct {
	symbols []string

	mu     sync.Mutex
	latest map[string]Tick
	onTick map[string][]func(Tick)
}

// NewFeed returns a feed of n symbols.
func NewFeed(n int) *Feed {
	f := &Feed{latest: make(map[string]Tick), onTick: make(map[string][]func(Tick))}
	for i := 0; i < n; i++ {
		f.symbols = append(f.symbols, fmt.Sprintf("S%02d", i))
	}
	return f
}

// OnTick calls fn with each new price of the symbol.
func (f *Feed) OnTick(symbol string, fn func(Tick)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.onTick[symbol] = append(f.onTick[symbol], fn)
}

// Latest returns the last price of the symbol.
func (f *Feed) Latest(symbol string) Tick {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.latest[symbol]
}

// Run makes prices until ctx ends.
func (f *Feed) Run(ctx context.Context) {
	ticker := time.NewTicker(500 * time.Millisecond)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case at := <-ticker.C:
			f.tell(Tick{Symbol: f.symbols[n%len(f.symbols)], Cents: 900 + n%200, At: at})
		}
	}
}

func (f *Feed) tell(tick Tick) {
	f.mu.Lock()
	f.latest[tick.Symbol] = tick
	listeners := f.onTick[tick.Symbol]
	f.mu.Unlock()
	for _, fn := range listeners {
		fn(tick)
	}
}
