// A portfolio page: fetches prices from the exchange and shows what they are worth.
package main

import (
	"context"
	"fmt"
	"log"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/resource/http-body/internal/exchange"
	"zoo.gopatrol.dev/resource/http-body/leaky/internal/quotes"
)

func main() {
	svc := harness.New(80)
	exchangeURL, err := exchange.Start(svc.Context())
	if err != nil {
		log.Fatal(err)
	}
	board := quotes.NewBoard(quotes.NewClient(svc.Context(), exchangeURL))
	board.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/worth?symbol=SYM%d&shares=%d", n%150, 1+n%40))
	})
}
