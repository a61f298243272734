// A relay of an instant messenger: hands messages on to where their readers are.
package main

import (
	"context"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/resource/context/leaky/internal/relay"
)

const messagesPerOperation = 30

func main() {
	svc := harness.New(80)
	hub := relay.NewHub(svc.Context(), 2000)
	hub.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		for i := 0; i < messagesPerOperation; i++ {
			to := (n*messagesPerOperation + i) % 2400
			if err := hub.Send(relay.Message{From: n % 2000, To: to, Text: "see you at eight"}); err != nil {
				return err
			}
		}
		return nil
	})
}
