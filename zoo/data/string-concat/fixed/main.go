// A duty roster for a hospital: who works when, as a page for the notice board.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/data/string-concat/fixed/internal/page"
	"zoo.gopatrol.dev/data/string-concat/fixed/internal/roster"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(8)
	plan := roster.Draw(40, 420)
	page.NewBoard(plan).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/ward?number=%d", n%40))
	})
}
