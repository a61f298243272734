package export

import "zoo.gopatrol.dev/data/slice-growth-waste/fixed/internal/ledger"

// statement is a booking with what the customer sees beside it.
type statement struct {
	ledger.Booking
	Balance  int64
	Month    int
	Reversed bool
}

// statements adds the running balance to bookings.
func statements(bookings []ledger.Booking) []statement {
	rows := make([]statement, 0, len(bookings))
	balance := int64(0)
	for _, b := range bookings {
		balance += b.Cents
		rows = append(rows, statement{Booking: b, Balance: balance, Month: b.Day / 30, Reversed: b.Cents < -8000})
	}
	return rows
}
