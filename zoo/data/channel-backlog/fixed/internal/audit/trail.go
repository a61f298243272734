// Package audit keeps the trail of changes that auditors read.
package audit

import (
	"context"
	"errors"
	"time"
)

const (
	// waiting is how many entries may be on their way to the disk.
	waiting = 512
	// batch is how many of them are written at a time.
	batch = 64
	// patience is how long a change waits for the trail before it is refused.
	patience = 500 * time.Millisecond
)

// ErrBusy says that the disk does not keep up.
var ErrBusy = errors.New("audit trail is busy")

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

// Add hands an entry to the writer. It fails if the writer does not keep up.
func (t *Trail) Add(ctx context.Context, e *Entry) error {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case t.entries <- e:
		return nil
	case <-timer.C:
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Run writes entries until ctx ends.
func (t *Trail) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-t.entries:
			t.disk.write(t.takeMore(e)...)
		}
	}
}

// takeMore adds what is waiting already.
func (t *Trail) takeMore(first *Entry) []*Entry {
	entries := append(make([]*Entry, 0, batch), first)
	for len(entries) < batch {
		select {
		case e := <-t.entries:
			entries = append(entries, e)
		default:
			return entries
		}
	}
	return entries
}
