// A click counter: collects events and writes them to the warehouse in batches.
package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/batch-flush/internal/events"
)

func main() {
	svc := harness.New(250)
	batcher := events.NewBatcher(io.Discard, 40_000)
	go batcher.FlushRegularly(svc.Context(), 7*time.Second)
	batcher.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/click?page=/articles/%d&visitor=v%d&items=16", n%3000, n))
	})
}
