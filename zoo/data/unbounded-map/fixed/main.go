// A small web shop: visitors sign in, look at products and fill a basket.
package main

import (
	"context"
	"fmt"
	"time"

	"zoo.gopatrol.dev/data/unbounded-map/fixed/internal/catalog"
	"zoo.gopatrol.dev/data/unbounded-map/fixed/internal/session"
	"zoo.gopatrol.dev/data/unbounded-map/fixed/internal/web"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(600)
	products := catalog.Open(3000)
	sessions := session.NewStore(4 * time.Second)
	go sessions.Sweep(svc.Context())
	shop := web.NewShop(products, sessions)
	shop.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/login?user=visitor-%d&sku=%d", n, n%5000))
	})
}
