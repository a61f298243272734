// Package traffic counts what visitors look for.
package traffic

import (
	"net/http"
	"sync"
	"time"
)

// Log holds a row for each thing that was looked for.
type Log struct {
	mu   sync.Mutex
	rows map[string]*row
}

type row struct {
	hits   int
	last   time.Time
	byHour [24 * 7]uint32
}

// NewLog returns an empty log.
func NewLog() *Log {
	return &Log{rows: make(map[string]*row)}
}

// Count adds a request.
func (l *Log) Count(r *http.Request) {
	l.add(r.URL.RequestURI(), time.Now())
}

func (l *Log) add(name string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := l.rows[name]
	if found == nil {
		found = &row{}
		l.rows[name] = found
	}
	found.hits++
	found.last = at
	found.byHour[int(at.Weekday())*24+at.Hour()]++
}
