// A log viewer: takes lines from many machines and shows the last ones.
package main

import (
	"context"
	"fmt"
	"strings"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/ring-buffer/internal/logtail"
)

func main() {
	svc := harness.New(180)
	tail := logtail.New(16_384)
	tail.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		if n%20 == 0 {
			return svc.Get(ctx, "/tail")
		}
		return svc.Post(ctx, "/lines", "text/plain", lines(n))
	})
}

// lines is what a machine sends at once.
func lines(n int) *strings.Reader {
	var b strings.Builder
	for i := 0; i < 10; i++ {
		fmt.Fprintf(&b, "machine-%d request %d took %d ms; %s\n", n%50, n, i*n%900, strings.Repeat("detail ", 100))
	}
	return strings.NewReader(b.String())
}
