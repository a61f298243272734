// A bookkeeping service: customers download the bookings of their accounts.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/data/slice-growth-waste/fixed/internal/export"
	"zoo.gopatrol.dev/data/slice-growth-waste/fixed/internal/ledger"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(12)
	books := ledger.Open(60, 3000)
	export.NewHandler(books).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/export?account=%d", n%60))
	})
}
