// A place finder: loads a gazetteer at start and answers where the nearest
// places are.
package main

import (
	"context"
	"fmt"
	"math/rand"

	"zoo.gopatrol.dev/gc/gogc-off/leaky/internal/api"
	"zoo.gopatrol.dev/gc/gogc-off/leaky/internal/places"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(400)
	gazetteer := places.Load(30_000)
	api.New(gazetteer).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/nearest?lat=%.3f&lon=%.3f", rand.Float64()*180-90, rand.Float64()*360-180))
	})
}
