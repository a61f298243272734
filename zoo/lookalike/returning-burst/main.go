// A customer database that exports all tenants now and then and answers lookups
// all the time.
package main

import (
	"context"
	"fmt"
	"time"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/returning-burst/internal/export"
)

func main() {
	svc := harness.New(80)
	tenants := export.NewTenants(300)
	tenants.Routes(svc.Mux)
	go tenants.ExportRegularly(svc.Context(), 5*time.Second, 40*time.Second)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/tenant?id=%d", n%300))
	})
}
