package imports

import (
	"fmt"
	"net/http"
)

const maxUploadBytes = 5 << 20

// Handler takes uploads.
type Handler struct {
	book *Book
}

// NewHandler returns a handler that imports into book.
func NewHandler(book *Book) *Handler {
	return &Handler{book: book}
}

// Routes registers the handler.
func (h *Handler) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/import", h.upload)
}

func (h *Handler) upload(w http.ResponseWriter, r *http.Request) {
	count, err := Import(h.book, http.MaxBytesReader(w, r.Body, maxUploadBytes))
	if err != nil {
		fmt.Fprintf(w, "stopped after %d rows: %v\n", count, err)
		return
	}
	fmt.Fprintf(w, "%d rows imported\n", count)
}
