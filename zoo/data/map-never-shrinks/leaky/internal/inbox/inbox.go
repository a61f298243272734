// Package inbox remembers the messages that nobody has confirmed yet.
package inbox

import (
	"crypto/sha256"
	"sync"
	"time"
)

// Digest identifies a message.
type Digest [sha256.Size]byte

// Message is one that waits for its confirmation.
type Message struct {
	Digest   Digest
	Arrived  time.Time
	Attempts int
}

// Inbox holds the messages by their digest.
type Inbox struct {
	mu      sync.Mutex
	waiting map[Digest]*Message
}

// New returns an empty inbox.
func New() *Inbox {
	return &Inbox{waiting: make(map[Digest]*Message)}
}

// Put adds a message.
func (b *Inbox) Put(text string) *Message {
	m := &Message{Digest: sha256.Sum256([]byte(text)), Arrived: time.Now()}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting[m.Digest] = m
	return m
}

// Confirm removes a message and tells whether it was there.
func (b *Inbox) Confirm(text string) bool {
	digest := sha256.Sum256([]byte(text))
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.waiting[digest]; !ok {
		return false
	}
	delete(b.waiting, digest)
	return true
}

// Len returns how many messages wait.
func (b *Inbox) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.waiting)
}
