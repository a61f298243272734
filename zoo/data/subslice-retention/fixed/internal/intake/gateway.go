// Package intake receives messages.
package intake

import (
	"io"
	"net/http"

	"zoo.gopatrol.dev/data/subslice-retention/fixed/internal/mail"
)

const maxMessageBytes = 10 << 20

// Gateway checks and delivers incoming mail.
type Gateway struct {
	seen  *mail.Seen
	boxes *mail.Mailboxes
}

// NewGateway returns a gateway that delivers to boxes what it has not seen yet.
func NewGateway(seen *mail.Seen, boxes *mail.Mailboxes) *Gateway {
	return &Gateway{seen: seen, boxes: boxes}
}

// Routes registers the gateway's handlers.
func (g *Gateway) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/messages", g.receive)
}

func (g *Gateway) receive(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessageBytes))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	msg, err := mail.Parse(raw)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	if g.deliver(msg) {
		w.WriteHeader(http.StatusAccepted)
	}
}

// deliver reports whether the message was new.
func (g *Gateway) deliver(msg *mail.Message) bool {
	if !g.seen.Add(msg.ID) {
		return false
	}
	g.boxes.Deliver(msg)
	return true
}
