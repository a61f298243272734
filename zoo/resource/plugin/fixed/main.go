// A pricing service: discounts are rules that the merchandisers change many times a day.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/resource/plugin/fixed/internal/rules"
)

func main() {
	svc := harness.New(20)
	folder, err := os.MkdirTemp("", "rules-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	book := rules.NewBook(folder)
	if err := book.Change(10); err != nil {
		log.Fatal(err)
	}
	book.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		if n%50 == 49 {
			return svc.Post(ctx, fmt.Sprintf("/rules?percent=%d", 5+n/50%30), "text/plain", nil)
		}
		return svc.Get(ctx, fmt.Sprintf("/price?cents=%d", 1000+n%9000))
	})
}
