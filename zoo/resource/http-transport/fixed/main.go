// A preview service: shows the title and the picture of a link that somebody shared.
package main

import (
	"context"
	"fmt"
	"log"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/resource/http-transport/fixed/internal/preview"
	"zoo.gopatrol.dev/resource/http-transport/internal/sites"
)

func main() {
	svc := harness.New(8)
	web, err := sites.Start(svc.Context())
	if err != nil {
		log.Fatal(err)
	}
	preview.NewService(web).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/preview?page=article-%d", n%500))
	})
}
