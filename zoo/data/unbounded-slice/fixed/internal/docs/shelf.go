// Package docs stores the documents themselves.
package docs

import (
	"fmt"
	"sync"
)

// Document is a set of named fields.
type Document struct {
	ID string

	mu     sync.Mutex
	fields map[string]string
}

// Set stores a value and returns the one it replaces.
func (d *Document) Set(field, value string) (previous string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	previous = d.fields[field]
	d.fields[field] = value
	return previous
}

// Shelf holds a fixed number of documents.
type Shelf struct {
	documents map[string]*Document
}

// NewShelf returns a shelf with n documents, each with a body of some kilobytes.
func NewShelf(n int) *Shelf {
	s := &Shelf{documents: make(map[string]*Document, n)}
	for i := 0; i < n; i++ {
		doc := &Document{ID: fmt.Sprint(i), fields: map[string]string{"body": string(make([]byte, 4096))}}
		s.documents[doc.ID] = doc
	}
	return s
}

// Find returns the document with this id.
func (s *Shelf) Find(id string) (*Document, bool) {
	doc, ok := s.documents[id]
	return doc, ok
}
