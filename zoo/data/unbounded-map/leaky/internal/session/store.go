package session

import (
	"sync"
	"time"
)

// Store holds all sessions in memory.
type Store struct {
	ttl time.Duration

	mu       sync.RWMutex
	sessions map[string]*Session
}

// NewStore returns an empty store whose sessions are valid for ttl.
func NewStore(ttl time.Duration) *Store {
	return &Store{ttl: ttl, sessions: make(map[string]*Session)}
}

// Create signs a user in.
func (s *Store) Create(user string) *Session {
	sess := newSession(user, time.Now().Add(s.ttl))
	s.put(sess)
	return sess
}

func (s *Store) put(sess *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[sess.ID] = sess
}

// Lookup returns the session with this id unless it is unknown or too old.
func (s *Store) Lookup(id string) (*Session, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	sess, ok := s.sessions[id]
	if !ok || sess.expired(time.Now()) {
		return nil, false
	}
	return sess, true
}

// AddLine puts a product into the basket of a session.
func (s *Store) AddLine(sess *Session, line Line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sess.Basket = append(sess.Basket, line)
}
