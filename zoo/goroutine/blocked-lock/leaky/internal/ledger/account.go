// Package ledger keeps accounts.
package ledger

import (
	"errors"
	"sync"
	"time"
)

// ErrFunds is returned when an account does not hold enough.
var ErrFunds = errors.New("ledger: not enough funds")

// keptEntries is how many bookings a statement shows.
const keptEntries = 40

// Entry is one booking.
type Entry struct {
	At    time.Time
	Cents int64
	Note  string
}

// Account holds money and its latest bookings.
type Account struct {
	ID string

	mu      sync.Mutex
	cents   int64
	entries []Entry
}

// Withdraw books an amount out of the account.
func (a *Account) Withdraw(cents int64, note string) error {
	a.mu.Lock()
	if a.cents < cents {
		return ErrFunds
	}
	a.cents -= cents
	a.book(Entry{At: time.Now(), Cents: -cents, Note: note})
	a.mu.Unlock()
	return nil
}

// Deposit books an amount into the account.
func (a *Account) Deposit(cents int64, note string) {
	a.mu.Lock()
	a.cents += cents
	a.book(Entry{At: time.Now(), Cents: cents, Note: note})
	a.mu.Unlock()
}

// book adds an entry to the statement; the caller holds the lock.
func (a *Account) book(entry Entry) {
	if len(a.entries) == keptEntries {
		copy(a.entries, a.entries[1:])
		a.entries = a.entries[:keptEntries-1]
	}
	a.entries = append(a.entries, entry)
}
