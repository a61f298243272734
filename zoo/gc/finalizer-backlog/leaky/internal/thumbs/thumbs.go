// Package thumbs serves small pictures.
package thumbs

import (
	"net/http"
	"strconv"

	"zoo.gopatrol.dev/gc/finalizer-backlog/leaky/internal/codec"
)

const (
	width  = 64
	height = 48
)

// Thumbs renders thumbnails.
type Thumbs struct{}

// New returns the handlers.
func New() *Thumbs {
	return &Thumbs{}
}

// Routes registers the handlers.
func (t *Thumbs) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/thumb", t.thumb)
}

func (t *Thumbs) thumb(w http.ResponseWriter, r *http.Request) {
	picture, err := strconv.Atoi(r.FormValue("picture"))
	if err != nil {
		http.Error(w, "picture must be a number", http.StatusBadRequest)
		return
	}
	decoder := codec.Open(picture)
	pixels := make([]byte, 0, width*height)
	for n := 0; n < height; n++ {
		pixels = append(pixels, decoder.Row(n, width)...)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(pixels)
}
