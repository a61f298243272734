// A map server: draws tiles and keeps the ones that were asked for last.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/lru-churn/internal/maps"
)

func main() {
	svc := harness.New(350)
	maps.NewTiles(900).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/tile?x=%d&y=%d", n*7%65536, n*11%65536))
	})
}
