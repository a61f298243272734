// Package backend talks to the database.
package backend

import (
	"context"
	"fmt"
	"hash/crc32"
	"net/http"
	"sync"
	"time"
)

// Pool holds the connections.
type Pool struct {
	idle  chan *conn
	slots chan struct{}

	mu   sync.Mutex
	open []*conn
}

type conn struct {
	number  int
	queries int
	read    []byte
	written []byte
}

// NewPool returns a pool that opens at most limit connections.
func NewPool(limit int) *Pool {
	return &Pool{idle: make(chan *conn, limit), slots: make(chan struct{}, limit)}
}

// Routes registers the status page.
func (p *Pool) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/status", func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		fmt.Fprintf(w, "%d connections, %d idle\n", len(p.open), len(p.idle))
	})
}

// Query runs a statement on a connection of the pool.
func (p *Pool) Query(ctx context.Context, statement string) error {
	c, err := p.take(ctx)
	if err != nil {
		return err
	}
	defer func() { p.idle <- c }()
	return c.run(ctx, statement)
}

func (p *Pool) take(ctx context.Context) (*conn, error) {
	select {
	case c := <-p.idle:
		return c, nil
	default:
	}
	select {
	case c := <-p.idle:
		return c, nil
	case p.slots <- struct{}{}:
		return p.dial(), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *Pool) dial() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := &conn{number: len(p.open), read: make([]byte, 64<<10), written: make([]byte, 16<<10)}
	p.open = append(p.open, c)
	return c
}

func (c *conn) run(ctx context.Context, statement string) error {
	n := copy(c.written, statement)
	c.queries += int(crc32.ChecksumIEEE(c.written[:n]) & 1)
	timer := time.NewTimer(150 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
