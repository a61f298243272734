// Package contacts is the address book.
package contacts

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
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
}

// NewBook returns a book whose databases lie in folder.
func NewBook(folder string) *Book {
	return &Book{folder: folder}
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
	store, err := openStore(b.path(company))
	if err != nil {
		return nil, err
	}
	return store.byName(ctx, name)
}
