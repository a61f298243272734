// Package relay hands messages on.
package relay

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync/atomic"
)

var errUnknown = errors.New("no such reader")

// Message is one line from one reader to another.
type Message struct {
	From, To int
	Text     string
}

// Hub knows the mailboxes of all readers.
type Hub struct {
	ctx       context.Context
	boxes     []*mailbox
	delivered atomic.Int64
	unknown   atomic.Int64
}

// NewHub returns a hub for a number of readers that works until ctx ends.
func NewHub(ctx context.Context, readers int) *Hub {
	h := &Hub{ctx: ctx, boxes: make([]*mailbox, readers)}
	for i := range h.boxes {
		h.boxes[i] = &mailbox{}
	}
	return h
}

// Routes registers the hub's paths.
func (h *Hub) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/counts", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]int64{"delivered": h.delivered.Load(), "unknown": h.unknown.Load()})
	})
}

// Send delivers a message or counts it as undeliverable.
func (h *Hub) Send(message Message) error {
	d := h.begin(message)
	switch err := d.deliver(h.boxes); {
	case errors.Is(err, errUnknown):
		h.unknown.Add(1)
	case err != nil:
		return err
	default:
		h.delivered.Add(1)
	}
	return nil
}
