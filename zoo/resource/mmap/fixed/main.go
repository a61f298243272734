// A tile server: cuts map tiles out of large region files and answers with their checksum.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/resource/mmap/fixed/internal/tiles"
)

func main() {
	svc := harness.New(25)
	folder, err := os.MkdirTemp("", "regions-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	atlas, err := tiles.NewAtlas(folder, 8)
	if err != nil {
		log.Fatal(err)
	}
	atlas.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/tile?region=%d&x=%d&y=%d", n%8, n%16, (n/16)%16))
	})
}
