// A label printer: renders shipping labels with a C library and caches nothing.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/resource/cgo/fixed/internal/label"
)

func main() {
	svc := harness.New(120)
	label.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/label?name=Customer+%d&zip=%05d", n%5000, n%70000))
	})
}
