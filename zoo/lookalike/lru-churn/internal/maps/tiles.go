// Package maps draws tiles of a map.
package maps

import (
	"container/list"
	"net/http"
	"strconv"
	"sync"
)

type place struct{ x, y int }

// tile is a drawn piece of the map; those of towns are larger.
type tile struct {
	at    place
	image []byte
}

// Tiles keeps the most recently used tiles.
type Tiles struct {
	limit int

	mu      sync.Mutex
	byPlace map[place]*list.Element
	recent  *list.List
}

// NewTiles returns an empty store for limit tiles.
func NewTiles(limit int) *Tiles {
	return &Tiles{limit: limit, byPlace: make(map[place]*list.Element), recent: list.New()}
}

// Routes registers the handler.
func (t *Tiles) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/tile", t.serve)
}

func (t *Tiles) serve(w http.ResponseWriter, r *http.Request) {
	x, errX := strconv.Atoi(r.FormValue("x"))
	y, errY := strconv.Atoi(r.FormValue("y"))
	if errX != nil || errY != nil {
		http.Error(w, "x or y is not a number", http.StatusBadRequest)
		return
	}
	w.Write(t.get(place{x, y}).image)
}

func (t *Tiles) get(at place) *tile {
	t.mu.Lock()
	defer t.mu.Unlock()
	if element, ok := t.byPlace[at]; ok {
		t.recent.MoveToFront(element)
		return element.Value.(*tile)
	}
	drawn := draw(at)
	t.byPlace[at] = t.recent.PushFront(drawn)
	for t.recent.Len() > t.limit {
		oldest := t.recent.Remove(t.recent.Back()).(*tile)
		delete(t.byPlace, oldest.at)
	}
	return drawn
}

func draw(at place) *tile {
	size := 6 << 10
	if (at.x+at.y)%9 == 0 {
		size = 30 << 10
	}
	image := make([]byte, size)
	for i := 0; i < len(image); i += 16 {
		image[i] = byte(at.x * i)
	}
	return &tile{at: at, image: image}
}
