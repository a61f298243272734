// A thumbnail service: decodes pictures and sends small ones back.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/gc/finalizer-backlog/leaky/internal/codec"
	"zoo.gopatrol.dev/gc/finalizer-backlog/leaky/internal/thumbs"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(120)
	go codec.WarnOfUnclosed(svc.Context())
	thumbs.New().Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/thumb?picture=%d", n%5000))
	})
}
