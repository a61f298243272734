// An address book that takes CSV uploads and imports their rows in parallel.
package main

import (
	"context"
	"fmt"
	"strings"

	"zoo.gopatrol.dev/goroutine/blocked-receive/leaky/internal/imports"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(25)
	book := imports.NewBook(4000)
	imports.NewHandler(book).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Post(ctx, "/import", "text/csv", upload(n))
	})
}

// upload returns a file of 120 rows. Every third file was saved by a program
// that breaks lines inside the last column.
func upload(n int) *strings.Reader {
	var b strings.Builder
	b.WriteString("name,mail,city\n")
	for row := 0; row < 120; row++ {
		fmt.Fprintf(&b, "Person %d,person%d@example.org,City %d\n", row*n%9000, row, row%50)
		if n%3 == 0 && row == 90 {
			b.WriteString("Flat 4\n")
		}
	}
	return strings.NewReader(b.String())
}
