// A weather page: asks many stations at the same time over kept connections.
package main

import (
	"context"
	"fmt"
	"log"
	"time"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/keepalive-client/internal/weather"
)

func main() {
	svc := harness.New(60)
	stationsURL, err := weather.StartStations(svc.Context())
	if err != nil {
		log.Fatal(err)
	}
	client := weather.NewClient(stationsURL)
	page := weather.NewPage(client)
	page.Routes(svc.Mux)
	go page.RefreshRegularly(svc.Context(), 6*time.Second)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/weather?station=%d", n%80))
	})
}
