// A status page: asks the backends of a shop how they are and shows it.
package main

import (
	"context"
	"fmt"
	"log"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/resource/client-grpc/fixed/internal/status"
	"zoo.gopatrol.dev/resource/client-grpc/internal/backend"
)

func main() {
	svc := harness.New(4)
	services := []string{"cart", "orders", "prices", "users"}
	address, err := backend.Start(svc.Context(), services...)
	if err != nil {
		log.Fatal(err)
	}
	page, err := status.NewPage(address)
	if err != nil {
		log.Fatal(err)
	}
	defer page.Close()
	page.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/status?service=%s", services[n%len(services)]))
	})
}
