// Package imports reads address files.
package imports

import (
	"strings"
	"sync"
)

// Row is one address.
type Row struct {
	Name string
	Mail string
	City string
}

// Book holds up to a fixed number of addresses.
type Book struct {
	limit int

	mu   sync.Mutex
	rows map[string]Row
}

// NewBook returns an empty book for up to limit addresses.
func NewBook(limit int) *Book {
	return &Book{limit: limit, rows: make(map[string]Row, limit)}
}

// Save adds or replaces an address. A full book keeps what it has.
func (b *Book) Save(row Row) {
	key := strings.ToLower(row.Name)
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.rows[key]; !ok && len(b.rows) >= b.limit {
		return
	}
	b.rows[key] = row
}
