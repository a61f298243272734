package chat

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
)

// Server accepts connections.
type Server struct {
	hall *Hall
}

// NewServer returns a server for the rooms of a hall.
func NewServer(hall *Hall) *Server {
	return &Server{hall: hall}
}

// Serve answers connections until ctx ends.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	go func() {
		<-ctx.Done()
		listener.Close()
	}()
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go s.handle(ctx, conn)
	}
}

// handle talks to one person. The first line says who and where: "nick room".
func (s *Server) handle(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	lines := bufio.NewScanner(conn)
	if !lines.Scan() {
		return
	}
	nick, roomName, _ := strings.Cut(lines.Text(), " ")
	room, ok := s.hall.Find(roomName)
	if !ok {
		fmt.Fprintf(conn, "* there is no room %q\n", roomName)
		return
	}

	member := newMember(conn, nick)
	present, goodbye := context.WithCancel(ctx)
	defer goodbye()
	go member.write(present)
	room.join(member)
	defer room.leave(member)
	for lines.Scan() {
		room.say(member, lines.Text())
	}
}
