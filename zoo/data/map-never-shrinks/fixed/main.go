// A message relay: after a restart it takes over what was not delivered before,
// and then delivers what comes in.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/data/map-never-shrinks/fixed/internal/delivery"
	"zoo.gopatrol.dev/data/map-never-shrinks/fixed/internal/inbox"
	"zoo.gopatrol.dev/harness"
)

const (
	takenOver = 450000
	confirmed = 447000
)

func main() {
	svc := harness.New(300)
	box := inbox.New()
	for i := 0; i < takenOver; i++ {
		box.Put(fmt.Sprintf("journal-%d", i))
	}
	for i := 0; i < confirmed; i++ {
		box.Confirm(fmt.Sprintf("journal-%d", i))
	}
	relay := delivery.NewRelay(box)
	relay.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/send?id=message-%d", n))
	})
}
