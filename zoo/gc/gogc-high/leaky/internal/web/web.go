// Package web renders price lists.
package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"

	"zoo.gopatrol.dev/gc/gogc-high/leaky/internal/prices"
)

// Web serves the lists of a catalogue.
type Web struct {
	catalogue *prices.Catalogue
}

// New returns the handlers over a catalogue.
func New(catalogue *prices.Catalogue) *Web {
	return &Web{catalogue: catalogue}
}

// Routes registers the handlers.
func (s *Web) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/list", s.list)
}

func (s *Web) list(w http.ResponseWriter, r *http.Request) {
	shop, err := strconv.Atoi(r.FormValue("shop"))
	if err != nil {
		http.Error(w, "shop must be a number", http.StatusBadRequest)
		return
	}
	var page bytes.Buffer
	for _, article := range s.catalogue.OfShop(shop) {
		fmt.Fprintf(&page, "%-24s %8.2f %s\n", article.Name, article.Price, article.Currency)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write(page.Bytes())
}
