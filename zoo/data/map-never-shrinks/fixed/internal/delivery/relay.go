// Package delivery passes messages on.
package delivery

import (
	"fmt"
	"net/http"
	"sync"

	"zoo.gopatrol.dev/data/map-never-shrinks/fixed/internal/inbox"
)

// inFlight is how many messages are confirmed later than the next ones are sent.
const inFlight = 2000

// Relay sends messages and has them confirmed.
type Relay struct {
	box *inbox.Inbox

	mu   sync.Mutex
	sent []string
	next int
}

// NewRelay returns a relay for the messages of box.
func NewRelay(box *inbox.Inbox) *Relay {
	return &Relay{box: box, sent: make([]string, inFlight)}
}

// Routes registers the handlers.
func (r *Relay) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/send", r.send)
}

func (r *Relay) send(w http.ResponseWriter, req *http.Request) {
	id := req.FormValue("id")
	if id == "" {
		http.Error(w, "id is missing", http.StatusBadRequest)
		return
	}
	r.box.Put(id)
	if earlier := r.exchange(id); earlier != "" {
		r.box.Confirm(earlier)
	}
	fmt.Fprintf(w, "%s accepted, %d wait\n", id, r.box.Len())
}

// exchange remembers id and returns the one that was sent long before.
func (r *Relay) exchange(id string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	earlier := r.sent[r.next]
	r.sent[r.next] = id
	r.next = (r.next + 1) % inFlight
	return earlier
}
