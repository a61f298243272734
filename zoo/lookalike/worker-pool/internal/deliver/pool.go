// Package deliver sends notifications.
package deliver

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Message is a text for one user.
type Message struct {
	User string
	Text string
}

// Pool is a fixed number of workers.
type Pool struct {
	size     int
	messages chan Message
	receipts chan string

	mu   sync.Mutex
	sent map[string]int
}

// NewPool returns a pool of size workers that do not run yet.
func NewPool(size int) *Pool {
	return &Pool{size: size, messages: make(chan Message), receipts: make(chan string, 64), sent: make(map[string]int)}
}

// Start runs the workers, and a number of clerks that count receipts, until ctx
// ends.
func (p *Pool) Start(ctx context.Context, clerks int) {
	for i := 0; i < p.size; i++ {
		go p.work()
	}
	for i := 0; i < clerks; i++ {
		go p.count(ctx)
	}
}

func (p *Pool) work() {
	for message := range p.messages {
		time.Sleep(20 * time.Millisecond) // the carrier's answer
		p.receipts <- message.User
	}
}

func (p *Pool) count(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case user := <-p.receipts:
			p.mu.Lock()
			p.sent[user]++
			p.mu.Unlock()
		}
	}
}

// Routes registers the handler.
func (p *Pool) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/notify", p.notify)
}

func (p *Pool) notify(w http.ResponseWriter, r *http.Request) {
	select {
	case p.messages <- Message{User: r.FormValue("user"), Text: r.FormValue("text")}:
		w.WriteHeader(http.StatusAccepted)
	case <-r.Context().Done():
	}
}
