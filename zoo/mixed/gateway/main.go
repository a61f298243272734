// A storefront that asks the warehouse what is in stock and counts what visitors
// look for.
package main

import (
	"context"
	"fmt"
	"log"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/mixed/gateway/internal/proxy"
	"zoo.gopatrol.dev/mixed/gateway/internal/stock"
	"zoo.gopatrol.dev/mixed/gateway/internal/traffic"
)

func main() {
	svc := harness.New(320)
	warehouse, err := stock.Start(svc.Context())
	if err != nil {
		log.Fatal(err)
	}
	store := proxy.NewStore(stock.NewClient(svc.Context(), warehouse), traffic.NewLog())
	store.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		if n%8 == 0 {
			return svc.Get(ctx, fmt.Sprintf("/available?article=%d", n/8%5000))
		}
		return svc.Get(ctx, fmt.Sprintf("/find/shelf-%d?words=article+%d", n%12, n))
	})
}
