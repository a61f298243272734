package seats

import (
	"time"
)

const (
	holdFor       = 20 * time.Minute
	seatsPerRow   = 64
	rowsInTheatre = 30
)

// hold is a number of seats that somebody has not paid for yet.
type hold struct {
	show  int
	row   int
	count int
	// plan is the theatre as the buyer saw it.
	plan [][]byte
	// expiry releases the seats.
	expiry *time.Timer
}

func newHold(show, row, count int, release func()) *hold {
	h := &hold{show: show, row: row % rowsInTheatre, count: count, plan: drawPlan(show)}
	for i := 0; i < count && i < seatsPerRow; i++ {
		h.plan[h.row][i] = 'H'
	}
	h.expiry = time.AfterFunc(holdFor, func() {
		h.erase()
		release()
	})
	return h
}

func drawPlan(show int) [][]byte {
	plan := make([][]byte, rowsInTheatre)
	for row := range plan {
		seats := make([]byte, seatsPerRow)
		for seat := range seats {
			seats[seat] = 'a' + byte((row*seat+show)%7)
		}
		plan[row] = seats
	}
	return plan
}

func (h *hold) erase() {
	for i := range h.plan[h.row] {
		if h.plan[h.row][i] == 'H' {
			h.plan[h.row][i] = 'a'
		}
	}
}

// price is in cents: the front rows cost more.
func (h *hold) price() int {
	return h.count * (9500 - 150*h.row)
}
