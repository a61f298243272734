// Package proxy answers the visitors.
package proxy

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"zoo.gopatrol.dev/mixed/gateway/internal/stock"
	"zoo.gopatrol.dev/mixed/gateway/internal/traffic"
)

// Store is what visitors see.
type Store struct {
	stock *stock.Client
	log   *traffic.Log
}

// NewStore returns a store that asks client and counts in log.
func NewStore(client *stock.Client, log *traffic.Log) *Store {
	return &Store{stock: client, log: log}
}

// Routes registers the handlers.
func (s *Store) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/available", s.available)
	mux.HandleFunc("/find/", s.find)
}

func (s *Store) available(w http.ResponseWriter, r *http.Request) {
	article, err := strconv.Atoi(r.FormValue("article"))
	if err != nil {
		http.Error(w, "article is not a number", http.StatusBadRequest)
		return
	}
	text, err := s.stock.Available(article)
	if err != nil {
		fmt.Fprintln(w, "please ask at the counter")
		return
	}
	fmt.Fprint(w, text)
}

func (s *Store) find(w http.ResponseWriter, r *http.Request) {
	s.log.Count(r)
	shelf := strings.TrimPrefix(r.URL.Path, "/find/")
	fmt.Fprintf(w, "%s: nothing like %q today\n", shelf, r.FormValue("words"))
}
