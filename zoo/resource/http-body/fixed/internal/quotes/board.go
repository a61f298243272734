package quotes

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
)

// Board shows prices and falls back to the last one it knows.
type Board struct {
	client *Client

	mu   sync.Mutex
	last map[string]Quote
}

// NewBoard returns a board that asks client.
func NewBoard(client *Client) *Board {
	return &Board{client: client, last: make(map[string]Quote)}
}

// Routes registers the board's page.
func (b *Board) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/worth", b.worth)
}

func (b *Board) worth(w http.ResponseWriter, r *http.Request) {
	shares, err := strconv.ParseInt(r.FormValue("shares"), 10, 64)
	if err != nil || shares < 1 {
		http.Error(w, "shares is not a positive number", http.StatusBadRequest)
		return
	}
	quote, ok := b.price(r.FormValue("symbol"))
	if !ok {
		fmt.Fprintln(w, "price unknown, please try again")
		return
	}
	fmt.Fprintf(w, "%d %s are worth %d cents\n", shares, quote.Symbol, shares*quote.Cents)
}

// price returns the current price, or the last one where the exchange fails.
func (b *Board) price(symbol string) (Quote, bool) {
	quote, err := b.client.Fetch(symbol)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		quote, ok := b.last[symbol]
		return quote, ok
	}
	b.last[quote.Symbol] = quote
	return quote, true
}
