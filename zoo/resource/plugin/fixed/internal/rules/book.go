// Package rules computes discounts.
package rules

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
)

// Book holds the rule in force.
type Book struct {
	folder string

	mu       sync.Mutex
	version  int
	discount func(cents int) int
}

// NewBook returns a book without a rule that works in folder.
func NewBook(folder string) *Book {
	return &Book{folder: folder, discount: func(cents int) int { return cents }}
}

// Routes registers the price and rule pages.
func (b *Book) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/price", b.price)
	mux.HandleFunc("/rules", b.change)
}

func (b *Book) price(w http.ResponseWriter, r *http.Request) {
	cents, err := strconv.Atoi(r.FormValue("cents"))
	if err != nil {
		http.Error(w, "cents is not a number", http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	discount := b.discount
	b.mu.Unlock()
	fmt.Fprintf(w, "%d\n", discount(cents))
}

func (b *Book) change(w http.ResponseWriter, r *http.Request) {
	percent, err := strconv.Atoi(r.FormValue("percent"))
	if err != nil || percent < 0 || percent > 100 {
		http.Error(w, "percent is not a share", http.StatusBadRequest)
		return
	}
	if err := b.Change(percent); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, "changed")
}
