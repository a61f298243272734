// Package logtail keeps the end of a log.
package logtail

import (
	"bufio"
	"io"
	"net/http"
	"sync"
	"time"
)

// Record is a log line and when it came.
type Record struct {
	At   time.Time
	Text string
}

// Tail holds the latest records, as many as it was made for.
type Tail struct {
	mu      sync.Mutex
	records []Record
	written int
}

// New returns a tail of n records.
func New(n int) *Tail {
	return &Tail{records: make([]Record, n)}
}

// Routes registers the handlers.
func (t *Tail) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/lines", t.receive)
	mux.HandleFunc("/tail", t.show)
}

func (t *Tail) receive(w http.ResponseWriter, r *http.Request) {
	for lines := bufio.NewScanner(r.Body); lines.Scan(); {
		t.add(Record{At: time.Now(), Text: lines.Text()})
	}
}

func (t *Tail) add(record Record) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.records[t.written%len(t.records)] = record
	t.written++
}

func (t *Tail) show(w http.ResponseWriter, r *http.Request) {
	for _, record := range t.last(25) {
		io.WriteString(w, record.At.Format(time.RFC3339)+" "+record.Text+"\n")
	}
}

func (t *Tail) last(n int) []Record {
	t.mu.Lock()
	defer t.mu.Unlock()
	n = min(n, t.written, len(t.records))
	last := make([]Record, n)
	for i := range last {
		last[i] = t.records[(t.written-n+i)%len(t.records)]
	}
	return last
}
