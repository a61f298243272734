// A document server: the current text of each document is rebuilt from its
// revisions, over and over, so that previews are fresh.
package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"zoo.gopatrol.dev/goroutine/stack-heavy/leaky/internal/docs"
	"zoo.gopatrol.dev/harness"
)

const shelves = 24

func main() {
	svc := harness.New(40)
	library := docs.Open(svc.Context(), shelves, 5000)
	svc.Mux.HandleFunc("/preview", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.FormValue("doc"))
		if err != nil {
			http.Error(w, "doc is not a number", http.StatusBadRequest)
			return
		}
		fmt.Fprintln(w, library.Preview(n))
	})

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/preview?doc=%d", n%shelves))
	})
}
