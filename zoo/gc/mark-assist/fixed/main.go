// A news site: ranks articles for the readers of a news site: every second the
// front pages of a group of readers are computed anew from the stock of articles.
package main

import (
	"context"
	"net/http"

	"zoo.gopatrol.dev/gc/mark-assist/fixed/internal/feed"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(1)
	stock := feed.NewStock(90_000)
	ranker := feed.NewRanker(stock)
	svc.Mux.HandleFunc("/rank", func(w http.ResponseWriter, r *http.Request) {
		group := len(r.URL.Query().Get("group"))
		ranker.RankGroup(group)
		w.WriteHeader(http.StatusNoContent)
	})
	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, "/rank?group="+feed.GroupName(n))
	})
}
