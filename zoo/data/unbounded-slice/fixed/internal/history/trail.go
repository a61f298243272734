package history

import "sync"

// Trail is the list of the most recent changes, oldest first.
type Trail struct {
	keep int

	mu      sync.Mutex
	changes []Change
}

// NewTrail returns an empty trail that keeps at least the last keep changes and
// never more than twice as many.
func NewTrail(keep int) *Trail {
	return &Trail{keep: keep, changes: make([]Change, 0, 2*keep)}
}

// Record adds the changes of one edit.
func (t *Trail) Record(batch []Change) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.changes)+len(batch) > 2*t.keep {
		t.forgetOldest()
	}
	t.changes = append(t.changes, batch...)
}

// forgetOldest moves the last keep changes to the front. The rest is cleared, so
// that the strings of forgotten changes can be collected.
func (t *Trail) forgetOldest() {
	if len(t.changes) <= t.keep {
		return
	}
	kept := copy(t.changes, t.changes[len(t.changes)-t.keep:])
	clear(t.changes[kept:])
	t.changes = t.changes[:kept]
}

// Latest returns up to limit changes, newest first.
func (t *Trail) Latest(limit int) []Change {
	t.mu.Lock()
	defer t.mu.Unlock()
	if limit > len(t.changes) {
		limit = len(t.changes)
	}
	latest := make([]Change, 0, limit)
	for i := len(t.changes) - 1; len(latest) < limit; i-- {
		latest = append(latest, t.changes[i])
	}
	return latest
}
