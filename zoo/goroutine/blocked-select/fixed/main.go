// A chat server: one connection for every person, one room for every topic.
package main

import (
	"context"
	"fmt"
	"log"
	"net"

	"zoo.gopatrol.dev/goroutine/blocked-select/fixed/internal/chat"
	"zoo.gopatrol.dev/goroutine/blocked-select/internal/visitor"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(60)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := chat.NewServer(chat.NewHall(40))
	go server.Serve(svc.Context(), listener)

	svc.Run(func(ctx context.Context, n int) error {
		return visitor.Visit(ctx, listener.Addr().String(), fmt.Sprintf("guest%d", n), fmt.Sprintf("topic%d", n%40))
	})
}
