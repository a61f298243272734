// A catalogue search: imports the supplier's price list now and then and keeps what the shop sells.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/rss/not-released/fixed/internal/catalogue"
)

func main() {
	svc := harness.New(60)
	shop := catalogue.NewShop()
	shop.Import(400000)
	shop.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/article?number=%d", n*50%400000))
	})
}
