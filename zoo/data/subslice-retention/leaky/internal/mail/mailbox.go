package mail

import "sync"

// Mailboxes keeps the newest messages of every recipient.
type Mailboxes struct {
	perUser int

	mu    sync.Mutex
	boxes map[string][]*Message
}

// NewMailboxes returns empty boxes that hold up to perUser messages each.
func NewMailboxes(perUser int) *Mailboxes {
	return &Mailboxes{perUser: perUser, boxes: make(map[string][]*Message)}
}

// Deliver puts a message into its recipient's box; the oldest one makes room.
func (m *Mailboxes) Deliver(msg *Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	box := m.boxes[msg.To]
	if len(box) == m.perUser {
		copy(box, box[1:])
		box = box[:len(box)-1]
	}
	m.boxes[msg.To] = append(box, msg)
}
