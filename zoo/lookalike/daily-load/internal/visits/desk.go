// Package visits shows articles and remembers who reads what.
package visits

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Desk answers the visitors.
type Desk struct {
	stay time.Duration
	now  func() time.Duration

	mu       sync.Mutex
	visitors map[int]*visitor
	articles map[int][]byte
	swept    time.Duration
}

type visitor struct {
	since time.Duration
	read  []int
	page  []byte
}

// NewDesk returns a desk whose visitors stay that long by the clock now.
func NewDesk(stay time.Duration, now func() time.Duration) *Desk {
	return &Desk{stay: stay, now: now, visitors: make(map[int]*visitor), articles: make(map[int][]byte)}
}

// Routes registers the handler.
func (d *Desk) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/read", d.read)
}

func (d *Desk) read(w http.ResponseWriter, r *http.Request) {
	number, errVisitor := strconv.Atoi(r.FormValue("visitor"))
	article, errArticle := strconv.Atoi(r.FormValue("article"))
	if errVisitor != nil || errArticle != nil {
		http.Error(w, "visitor or article is not a number", http.StatusBadRequest)
		return
	}
	d.mu.Lock()
	d.sweep()
	text, ok := d.articles[article]
	if !ok {
		text = typeset(article)
		d.articles[article] = text
	}
	v := &visitor{since: d.now(), read: []int{article}, page: make([]byte, 0, 8<<10)}
	v.page = append(append(v.page, text...), fmt.Sprintf("\nread by visitor %d\n", number)...)
	d.visitors[number] = v
	d.mu.Unlock()
	w.Write(v.page)
}

// sweep forgets the visitors who have left, about every second.
func (d *Desk) sweep() {
	now := d.now()
	if now-d.swept < time.Second {
		return
	}
	d.swept = now
	for number, v := range d.visitors {
		if now-v.since > d.stay {
			delete(d.visitors, number)
		}
	}
}

// typeset lays out an article.
func typeset(article int) []byte {
	return bytes.Repeat([]byte(fmt.Sprintf("article %d. ", article)), 400)
}
