// A payment ledger: transfers are accepted over HTTP and booked in the background.
package main

import (
	"context"
	"fmt"
	"math/rand"
	"net/url"

	"zoo.gopatrol.dev/goroutine/blocked-lock/fixed/internal/api"
	"zoo.gopatrol.dev/goroutine/blocked-lock/fixed/internal/ledger"
	"zoo.gopatrol.dev/harness"
)

const accounts = 50

func main() {
	svc := harness.New(90)
	books := ledger.New(accounts, 1_000_000)
	api.New(books).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		transfer := url.Values{
			"from":  {fmt.Sprintf("acct-%02d", rand.Intn(accounts))},
			"to":    {fmt.Sprintf("acct-%02d", rand.Intn(accounts))},
			"cents": {fmt.Sprint(100 + rand.Intn(5000))},
		}
		if n%9 == 4 {
			transfer.Set("cents", "90000000") // somebody tries to spend what is not there
		}
		return svc.Get(ctx, "/transfer?"+transfer.Encode())
	})
}
