// A quiz: every player has five seconds for an answer, and a clock that ticks.
package main

import (
	"context"
	"fmt"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/lookalike/timed-sessions/internal/quiz"
)

func main() {
	svc := harness.New(60)
	quiz.NewGame(svc.Context()).Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/ask?player=P%d&question=%d", n%5000, n%70))
	})
}
