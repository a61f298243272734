// Package export writes bookings as customers download them.
package export

import (
	"bufio"
	"net/http"
	"strconv"

	"zoo.gopatrol.dev/data/slice-growth-waste/leaky/internal/ledger"
)

// Handler answers downloads.
type Handler struct {
	books *ledger.Ledger
}

// NewHandler returns a handler for the bookings of books.
func NewHandler(books *ledger.Ledger) *Handler {
	return &Handler{books: books}
}

// Routes registers the handler.
func (h *Handler) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/export", h.export)
}

func (h *Handler) export(w http.ResponseWriter, r *http.Request) {
	account, err := strconv.Atoi(r.FormValue("account"))
	if err != nil {
		http.Error(w, "account is not a number", http.StatusBadRequest)
		return
	}
	out := bufio.NewWriter(w)
	var field [24]byte
	for _, s := range statements(h.books.Bookings(account)) {
		out.Write(strconv.AppendInt(field[:0], int64(s.Number), 10))
		out.WriteByte(';')
		out.Write(strconv.AppendInt(field[:0], s.Cents, 10))
		out.WriteByte(';')
		out.Write(strconv.AppendInt(field[:0], s.Balance, 10))
		out.WriteByte(';')
		out.WriteString(s.Text)
		out.WriteByte('\n')
	}
	out.Flush()
}
