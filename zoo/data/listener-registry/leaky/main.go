// A price service: traders open a page and see prices for as long as they look
// at it.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/data/listener-registry/leaky/internal/market"
	"zoo.gopatrol.dev/data/listener-registry/leaky/internal/quotes"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(250)
	feed := market.NewFeed(40)
	go feed.Run(svc.Context())
	quotes.NewPage(feed).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/quotes?symbol=S%02d&depth=%d", n%40, 20+n%10))
	})
}
