package relay

import (
	"context"
	"sync"
)

// delivery is a message on its way.
type delivery struct {
	message Message
	ctx     context.Context
	abort   context.CancelFunc
}

// begin gives a message its own life within the hub's.
func (h *Hub) begin(message Message) *delivery {
	ctx, abort := context.WithCancel(h.ctx)
	return &delivery{message: message, ctx: ctx, abort: abort}
}

func (d *delivery) deliver(boxes []*mailbox) error {
	if d.message.To < 0 || d.message.To >= len(boxes) {
		return errUnknown
	}
	return boxes[d.message.To].put(d.ctx, d.message)
}

// mailbox keeps the last messages of a reader.
type mailbox struct {
	mu     sync.Mutex
	recent [8]Message
	next   int
}

func (m *mailbox) put(ctx context.Context, message Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.recent[m.next%len(m.recent)] = message
	m.next++
	return nil
}
