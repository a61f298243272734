package history

import "sync"

// Trail is the list of changes, oldest first.
type Trail struct {
	mu      sync.Mutex
	changes []Change
}

// NewTrail returns an empty trail.
func NewTrail() *Trail { return &Trail{} }

// Record adds the changes of one edit.
func (t *Trail) Record(batch []Change) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changes = append(t.changes, batch...)
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
