package chat

import (
	"bufio"
	"context"
	"net"
)

// Member is one person's connection.
type Member struct {
	nick   string
	conn   net.Conn
	outbox chan string
}

func newMember(conn net.Conn, nick string) *Member {
	return &Member{nick: nick, conn: conn, outbox: make(chan string, 16)}
}

// send queues a line. Somebody too slow to read misses it.
func (m *Member) send(line string) {
	select {
	case m.outbox <- line:
	default:
	}
}

// write sends queued lines until the person has left.
func (m *Member) write(ctx context.Context) {
	w := bufio.NewWriter(m.conn)
	for {
		select {
		case <-ctx.Done():
			return
		case line := <-m.outbox:
			w.WriteString(line)
			w.WriteByte('\n')
			if err := w.Flush(); err != nil {
				return
			}
		}
	}
}
