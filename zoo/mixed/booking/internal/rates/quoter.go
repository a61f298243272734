// Package rates knows what rooms cost.
package rates

import (
	"sync/atomic"
	"time"
)

// Quoter asks the rate system, which is sometimes slow.
type Quoter struct {
	usual []int
	asked atomic.Int64
}

// NewQuoter returns a quoter for so many rooms.
func NewQuoter(rooms int) *Quoter {
	q := &Quoter{usual: make([]int, rooms)}
	for i := range q.usual {
		q.usual[i] = 80 + i%40
	}
	return q
}

// Quote returns the price of a night, or the usual one if the answer takes longer
// than patience.
func (q *Quoter) Quote(room int, patience time.Duration) int {
	answer := make(chan int)
	go func() {
		answer <- q.ask(room)
	}()
	select {
	case price := <-answer:
		return price
	case <-time.After(patience):
		return q.usual[room%len(q.usual)]
	}
}

func (q *Quoter) ask(room int) int {
	n := q.asked.Add(1)
	if n%2 == 0 {
		time.Sleep(40 * time.Millisecond)
	}
	return 75 + (room*13+int(n)*7)%60
}
