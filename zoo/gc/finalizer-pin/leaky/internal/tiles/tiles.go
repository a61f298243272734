// Package tiles renders map tiles.
package tiles

import (
	"fmt"
	"net/http"
	"strconv"

	"zoo.gopatrol.dev/gc/finalizer-pin/leaky/internal/elevation"
)

// Tiles renders tiles of a store.
type Tiles struct {
	store *elevation.Store
}

// New returns the handlers over a store.
func New(store *elevation.Store) *Tiles {
	return &Tiles{store: store}
}

// Routes registers the handlers.
func (t *Tiles) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/tile", t.tile)
	mux.HandleFunc("/status", t.status)
}

func (t *Tiles) tile(w http.ResponseWriter, r *http.Request) {
	x, xErr := strconv.Atoi(r.FormValue("x"))
	y, yErr := strconv.Atoi(r.FormValue("y"))
	if xErr != nil || yErr != nil {
		http.Error(w, "x and y must be numbers", http.StatusBadRequest)
		return
	}
	grid := t.store.Open(x, y)
	shades := make([]byte, len(grid.Heights))
	for i, height := range grid.Heights {
		shades[i] = byte(height >> 4)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(shades)
}

func (t *Tiles) status(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(w, "grids in use:", t.store.InUse())
}
