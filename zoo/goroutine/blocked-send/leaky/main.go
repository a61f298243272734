// A search front end: asks all replicas of an index and shows the first answer.
package main

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"zoo.gopatrol.dev/goroutine/blocked-send/leaky/internal/search"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(25)
	index := search.BuildIndex(20_000)
	replicas := []*search.Replica{
		search.NewReplica("north", index, 4*time.Millisecond),
		search.NewReplica("south", index, 9*time.Millisecond),
		search.NewReplica("west", index, 14*time.Millisecond),
	}
	search.NewHandler(search.NewCluster(replicas)).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		query := url.Values{"q": {fmt.Sprintf("term%d", n%700)}}
		return svc.Get(ctx, "/search?"+query.Encode())
	})
}
