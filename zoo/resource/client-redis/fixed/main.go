// The basket of a web shop: keeps what customers put into it in Redis.
package main

import (
	"context"
	"fmt"
	"log"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/resource/client-redis/fixed/internal/baskets"
	"zoo.gopatrol.dev/resource/client-redis/internal/redisd"
)

func main() {
	svc := harness.New(12)
	address, err := redisd.Start(svc.Context())
	if err != nil {
		log.Fatal(err)
	}
	shop := baskets.NewShop(baskets.Config{Address: address})
	defer shop.Close()
	shop.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/basket/add?customer=%d&item=I%d", n%300, n%17))
	})
}
