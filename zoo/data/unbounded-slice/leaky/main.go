// A document service: editors change fields, and everybody sees the latest
// changes on the start page.
package main

import (
	"context"
	"fmt"
	"math/rand"
	"net/url"

	"zoo.gopatrol.dev/data/unbounded-slice/leaky/internal/api"
	"zoo.gopatrol.dev/data/unbounded-slice/leaky/internal/docs"
	"zoo.gopatrol.dev/data/unbounded-slice/leaky/internal/history"
	"zoo.gopatrol.dev/harness"
)

const documents = 800

func main() {
	svc := harness.New(400)
	shelf := docs.NewShelf(documents)
	trail := history.NewTrail()
	api.New(shelf, trail).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		if n%10 == 0 {
			return svc.Get(ctx, "/changes?limit=40")
		}
		return svc.Get(ctx, "/edit?"+randomEdit(n).Encode())
	})
}

// randomEdit is what an editor sends after working on a form for a while.
func randomEdit(n int) url.Values {
	form := url.Values{}
	form.Set("doc", fmt.Sprint(rand.Intn(documents)))
	form.Set("editor", fmt.Sprintf("editor-%d", n%60))
	for field := 0; field < 20; field++ {
		form.Set(fmt.Sprintf("field%02d", field), fmt.Sprintf("revision %d", rand.Intn(1_000_000)))
	}
	return form
}
