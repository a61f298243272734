// Package spool prints documents, each by one process at a time.
package spool

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
)

const charactersPerPage = 1800

// Queue takes documents and knows how often each was printed.
type Queue struct {
	folder string

	mu      sync.Mutex
	printed map[string]int
	pages   int
}

// NewQueue returns a queue that keeps its locks in folder.
func NewQueue(folder string) *Queue {
	return &Queue{folder: folder, printed: make(map[string]int)}
}

// Routes registers the queue's page.
func (q *Queue) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/print", q.print)
}

func (q *Queue) print(w http.ResponseWriter, r *http.Request) {
	copies, err := strconv.Atoi(r.FormValue("copies"))
	if err != nil || copies < 1 {
		http.Error(w, "copies is not a positive number", http.StatusBadRequest)
		return
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	pages, err := q.Print(r.FormValue("document"), text, copies)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintf(w, "%d pages\n", pages)
}

func (q *Queue) wasPrinted(document string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.printed[document]%4 == 3
}

func (q *Queue) account(document string, pages int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.printed[document]++
	q.pages += pages
}
