package invoices

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
)

// Printer renders invoices.
type Printer struct {
	prices []*Article
}

// NewPrinter returns a printer for a price list.
func NewPrinter(prices []*Article) *Printer {
	return &Printer{prices: prices}
}

// Routes registers the handler.
func (p *Printer) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/invoice", p.serve)
}

func (p *Printer) serve(w http.ResponseWriter, r *http.Request) {
	customer, err := strconv.Atoi(r.FormValue("customer"))
	if err != nil {
		http.Error(w, "customer is not a number", http.StatusBadRequest)
		return
	}
	w.Write(p.print(customer))
}

func (p *Printer) print(customer int) []byte {
	var page bytes.Buffer
	fmt.Fprintf(&page, "Invoice for customer %d\n\n", customer)
	var total int64
	for line := 0; line < 60; line++ {
		article := p.prices[(customer*61+line*997)%len(p.prices)]
		fmt.Fprintf(&page, "%6d  %-24s %8.2f\n        %s\n", article.Number, article.Name, float64(article.Cents)/100, article.Description)
		total += article.Cents
	}
	fmt.Fprintf(&page, "\nTotal %.2f\n", float64(total)/100)
	return page.Bytes()
}
