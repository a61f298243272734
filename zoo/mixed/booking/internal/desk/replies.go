package desk

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"time"
)

// reply is what a guest was told.
type reply struct {
	at   time.Time
	page []byte
}

// replies answers a request that is sent again as it was answered before.
type replies struct {
	mu        sync.Mutex
	byRequest map[string]*reply
}

func newReplies() *replies {
	return &replies{byRequest: make(map[string]*reply)}
}

func (r *replies) find(request string) (*reply, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found, ok := r.byRequest[request]
	return found, ok
}

func (r *replies) remember(request string, answer *reply) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.byRequest[strings.Clone(request)] = answer
}

func confirm(guest, room string) *reply {
	page := bytes.NewBuffer(make([]byte, 0, 2048))
	fmt.Fprintf(page, "<h1>Thank you, %s</h1>\n", guest)
	for night := 1; night <= 7; night++ {
		fmt.Fprintf(page, "<p>night %d: room %s, breakfast from 6:30 to 10:00</p>\n", night, room)
	}
	return &reply{at: time.Now(), page: page.Bytes()}
}
