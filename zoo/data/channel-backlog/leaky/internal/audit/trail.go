// Package audit keeps the trail of changes that auditors read.
package audit

import (
	"context"
	"time"
)

// waiting is how many entries may be on their way to the disk.
const waiting = 150000

// Entry says who changed what.
type Entry struct {
	Order  string
	User   string
	At     time.Time
	Before []byte
	After  []byte
}

// Trail writes entries in the order in which they come.
type Trail struct {
	entries chan *Entry
	disk    *disk
}

// NewTrail returns a trail; Run must be called for it to write.
func NewTrail() *Trail {
	return &Trail{entries: make(chan *Entry, waiting), disk: newDisk()}
}

// Add hands an entry to the writer.
func (t *Trail) Add(e *Entry) {
	t.entries <- e
}

// Run writes entries until ctx ends.
func (t *Trail) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-t.entries:
			t.disk.write(e)
		}
	}
}
