// Package partners tells partners what is sold.
package partners

import (
	"context"
	"time"

	"zoo.gopatrol.dev/behaviour/malloc-burst/fixed/internal/seats"
)

// Sync sends the plan every interval, beginning after wait.
func Sync(ctx context.Context, plan *seats.Plan, wait, every time.Duration) {
	select {
	case <-time.After(wait):
	case <-ctx.Done():
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	feed := newFeed()
	for {
		select {
		case <-tick.C:
			feed.send(plan)
		case <-ctx.Done():
			return
		}
	}
}
