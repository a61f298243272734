// Package thumbs makes small pictures and keeps them.
package thumbs

import (
	"container/list"
	"net/http"
	"strconv"
	"sync"
)

// Cache keeps the most recently used thumbnails.
type Cache struct {
	limit int

	mu     sync.Mutex
	byID   map[int]*list.Element
	recent *list.List
}

type thumbnail struct {
	id     int
	pixels []byte
}

// NewCache returns an empty cache for limit thumbnails.
func NewCache(limit int) *Cache {
	return &Cache{limit: limit, byID: make(map[int]*list.Element), recent: list.New()}
}

// Routes registers the handler.
func (c *Cache) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/thumb", c.serve)
}

func (c *Cache) serve(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.FormValue("id"))
	if err != nil {
		http.Error(w, "id is not a number", http.StatusBadRequest)
		return
	}
	w.Write(c.get(id).pixels)
}

func (c *Cache) get(id int) *thumbnail {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.byID[id]; ok {
		c.recent.MoveToFront(element)
		return element.Value.(*thumbnail)
	}
	thumb := scale(id)
	c.byID[id] = c.recent.PushFront(thumb)
	if c.recent.Len() > c.limit {
		c.evict(c.recent.Back())
	}
	return thumb
}

func (c *Cache) evict(element *list.Element) {
	c.recent.Remove(element)
	delete(c.byID, element.Value.(*thumbnail).id)
}

// scale draws a picture of 80 by 64 points in four colours.
func scale(id int) *thumbnail {
	pixels := make([]byte, 80*64*4)
	for i := range pixels {
		pixels[i] = byte(i * id)
	}
	return &thumbnail{id: id, pixels: pixels}
}
