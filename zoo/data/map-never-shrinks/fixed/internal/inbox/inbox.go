// Package inbox remembers the messages that nobody has confirmed yet.
package inbox

import (
	"crypto/sha256"
	"sync"
	"time"
)

// Digest identifies a message.
type Digest [sha256.Size]byte

// compactAbove is the size from which on an emptied map is worth replacing.
const compactAbove = 10000

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
	// most is how many messages waiting was last made for.
	most int
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
	if len(b.waiting) > b.most {
		b.most = len(b.waiting)
	}
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
	if b.most > compactAbove && len(b.waiting) < b.most/8 {
		b.compact()
	}
	return true
}

// compact moves what is left to a map of its size.
func (b *Inbox) compact() {
	rest := make(map[Digest]*Message, len(b.waiting))
	for digest, m := range b.waiting {
		rest[digest] = m
	}
	b.waiting, b.most = rest, len(rest)
}

// Len returns how many messages wait.
func (b *Inbox) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.waiting)
}
