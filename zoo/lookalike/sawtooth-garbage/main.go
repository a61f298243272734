// An invoice printer: renders invoices from a price list that is held in memory.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/sawtooth-garbage/internal/invoices"
)

func main() {
	svc := harness.New(120)
	printer := invoices.NewPrinter(invoices.LoadPrices(120_000))
	printer.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/invoice?customer=%d", n%9000))
	})
}
