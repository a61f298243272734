// Package visitor plays a person who looks into a chat room for a moment.
package visitor

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"time"
)

// Visit joins a room of the chat server at addr, says something, listens for a
// while and leaves.
func Visit(ctx context.Context, addr, nick, room string) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(3 * time.Second)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(conn, "%s %s\nhello from %s\n", nick, room, nick); err != nil {
		return err
	}
	lines := bufio.NewReader(conn)
	for heard := 0; heard < 2; heard++ {
		if _, err := lines.ReadString('\n'); err != nil {
			return err
		}
	}
	return nil
}
