// A link checker: visits the sites of a directory, one after another, and notes whether they answer.
package main

import (
	"context"
	"fmt"
	"log"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/resource/http-idle-pool/internal/web"
	"zoo.gopatrol.dev/resource/http-idle-pool/leaky/internal/crawl"
)

func main() {
	svc := harness.New(8)
	address, err := web.Start(svc.Context())
	if err != nil {
		log.Fatal(err)
	}
	checker := crawl.NewChecker(address)
	checker.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return checker.Check(ctx, fmt.Sprintf("site-%d.example", n))
	})
}
