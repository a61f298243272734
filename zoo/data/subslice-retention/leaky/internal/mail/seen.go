package mail

import "sync"

// Seen is the set of the latest message ids, for dropping duplicates.
type Seen struct {
	limit int

	mu    sync.Mutex
	ids   map[string]struct{}
	order []string
	next  int
}

// NewSeen returns a set that remembers the last limit ids.
func NewSeen(limit int) *Seen {
	return &Seen{limit: limit, ids: make(map[string]struct{}, limit), order: make([]string, 0, limit)}
}

// Add remembers an id and reports whether it is new.
func (s *Seen) Add(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.ids[id]; ok {
		return false
	}
	if len(s.order) < s.limit {
		s.order = append(s.order, id)
	} else {
		delete(s.ids, s.order[s.next])
		s.order[s.next] = id
		s.next = (s.next + 1) % s.limit
	}
	s.ids[id] = struct{}{}
	return true
}
