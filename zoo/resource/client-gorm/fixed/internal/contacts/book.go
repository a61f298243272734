// Package contacts is the address book.
package contacts

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"sync"
)

// Contact is one entry.
type Contact struct {
	ID    uint   `json:"id"`
	Name  string `json:"name" gorm:"index"`
	Phone string `json:"phone"`
	Notes string `json:"notes"`
}

// Book finds the contacts of a company.
type Book struct {
	folder string

	mu     sync.Mutex
	stores map[int]*store
}

// NewBook returns a book whose databases lie in folder.
func NewBook(folder string) *Book {
	return &Book{folder: folder, stores: make(map[int]*store)}
}

// Routes registers the book's paths.
func (b *Book) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/contacts", b.serve)
}

// Create makes a company's database.
func (b *Book) Create(ctx context.Context, company int) error {
	store, err := openStore(b.path(company))
	if err != nil {
		return err
	}
	defer store.Close()
	return store.fill(ctx)
}

func (b *Book) path(company int) string {
	return filepath.Join(b.folder, fmt.Sprintf("company-%d.db", company))
}

func (b *Book) serve(w http.ResponseWriter, r *http.Request) {
	company, err := strconv.Atoi(r.FormValue("company"))
	if err != nil {
		http.Error(w, "company: a number", http.StatusBadRequest)
		return
	}
	found, err := b.find(r.Context(), company, r.FormValue("name"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(found)
}

func (b *Book) find(ctx context.Context, company int, name string) ([]Contact, error) {
	store, err := b.store(company)
	if err != nil {
		return nil, err
	}
	return store.byName(ctx, name)
}

// store returns the company's database, opened at its first use and then kept.
func (b *Book) store(company int) (*store, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if known, ok := b.stores[company]; ok {
		return known, nil
	}
	opened, err := openStore(b.path(company))
	if err != nil {
		return nil, err
	}
	b.stores[company] = opened
	return opened, nil
}

// Close closes all databases.
func (b *Book) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for company, store := range b.stores {
		store.Close()
		delete(b.stores, company)
	}
}
