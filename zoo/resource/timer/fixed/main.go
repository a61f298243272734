// The box office of a theatre: holds seats for a while and sells them.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/resource/timer/fixed/internal/seats"
)

func main() {
	svc := harness.New(120)
	seats.NewOffice(400).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/buy?show=%d&row=%d&count=%d", n%400, n%30, 1+n%4))
	})
}
