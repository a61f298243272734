// A scanner station: each parcel's scanner is watched by a C driver while it is read.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/rss/outside-go/leaky/internal/scanner"
)

func main() {
	svc := harness.New(30)
	scanner.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/scan?parcel=%d", n))
	})
}
