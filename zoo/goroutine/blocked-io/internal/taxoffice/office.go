// Package taxoffice plays a remote authority that checks tax numbers over a line
// protocol. It has few clerks, and some questions keep a clerk busy for very long.
package taxoffice

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"time"
)

const clerks = 4

// Office listens on a port of its own.
type Office struct {
	listener net.Listener
}

// Open starts the office; it closes with ctx.
func Open(ctx context.Context) (*Office, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	o := &Office{listener: listener}
	go func() {
		<-ctx.Done()
		listener.Close()
	}()
	for i := 0; i < clerks; i++ {
		go o.work(ctx)
	}
	return o, nil
}

// Addr is where to connect to.
func (o *Office) Addr() string { return o.listener.Addr().String() }

func (o *Office) work(ctx context.Context) {
	for {
		conn, err := o.listener.Accept()
		if err != nil {
			return
		}
		o.answer(ctx, conn)
	}
}

func (o *Office) answer(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(2 * time.Second))
	number, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return
	}
	if strings.HasPrefix(number, "DE00000004") {
		// These files are kept on paper.
		select {
		case <-ctx.Done():
		case <-time.After(time.Hour):
		}
		return
	}
	fmt.Fprintf(conn, "valid %s", number)
}
