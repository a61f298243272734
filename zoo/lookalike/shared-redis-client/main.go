// A product page: puts each product together from several parts that lie in Redis.
package main

import (
	"context"
	"fmt"
	"log"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/shared-redis-client/internal/product"
	"zoo.gopatrol.dev/lookalike/shared-redis-client/internal/redisd"
)

func main() {
	svc := harness.New(40)
	address, err := redisd.Start(svc.Context())
	if err != nil {
		log.Fatal(err)
	}
	catalogue := product.NewCatalogue(address)
	defer catalogue.Close()
	catalogue.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		// The first visitors come one by one; soon there are many at the same time.
		parts := 1 + min(n/10, 11)
		return svc.Get(ctx, fmt.Sprintf("/product?id=%d&parts=%d", n%200, parts))
	})
}
