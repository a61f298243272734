// A front end that ships its access log in large pieces.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/log-buffer/internal/shipper"
)

func main() {
	svc := harness.New(500)
	log := shipper.New(6 << 20)
	log.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/page?number=%d&from=%d", n%900, n))
	})
}
