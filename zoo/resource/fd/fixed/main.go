// A print spooler: takes documents, makes sure that only one process prints each, and counts pages.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/resource/fd/fixed/internal/spool"
)

func main() {
	svc := harness.New(40)
	folder, err := os.MkdirTemp("", "spool-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	queue := spool.NewQueue(folder)
	queue.Routes(svc.Mux)

	text := strings.Repeat("The quarterly figures are attached. ", 120)
	svc.Run(func(ctx context.Context, n int) error {
		path := fmt.Sprintf("/print?document=report-%03d&copies=%d", n%90, 1+n%3)
		return svc.Post(ctx, path, "text/plain", strings.NewReader(text))
	})
}
