// A spelling service: suggests words that begin as typed.
package main

import (
	"context"
	"fmt"
	"math/rand"

	"zoo.gopatrol.dev/gc/gogc-low/fixed/internal/api"
	"zoo.gopatrol.dev/gc/gogc-low/fixed/internal/tuning"
	"zoo.gopatrol.dev/gc/gogc-low/fixed/internal/words"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(450)
	tuning.Apply()
	lexicon := words.Build(40_000)
	api.New(lexicon).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/complete?prefix=%s", words.Spell(rand.Intn(1 << 20))[:3]))
	})
}
