package ledger

import (
	"fmt"
	"sync/atomic"
)

// Ledger is a fixed set of accounts.
type Ledger struct {
	accounts map[string]*Account
	refused  atomic.Int64
}

// New opens n accounts named acct-00, acct-01 and so on.
func New(n int, openingCents int64) *Ledger {
	l := &Ledger{accounts: make(map[string]*Account, n)}
	for i := 0; i < n; i++ {
		id := fmt.Sprintf("acct-%02d", i)
		l.accounts[id] = &Account{ID: id, cents: openingCents}
	}
	return l
}

// Order is a transfer that was accepted and is still to be booked.
type Order struct {
	Number   int64
	From, To *Account
	Cents    int64
}

// Prepare checks that both accounts exist.
func (l *Ledger) Prepare(number int64, from, to string, cents int64) (Order, error) {
	source, ok := l.accounts[from]
	if !ok {
		return Order{}, fmt.Errorf("ledger: no account %q", from)
	}
	target, ok := l.accounts[to]
	if !ok {
		return Order{}, fmt.Errorf("ledger: no account %q", to)
	}
	return Order{Number: number, From: source, To: target, Cents: cents}, nil
}

// Book carries out an order.
func (l *Ledger) Book(order Order) {
	note := fmt.Sprintf("order %d: %s to %s", order.Number, order.From.ID, order.To.ID)
	if err := order.From.Withdraw(order.Cents, note); err != nil {
		l.refused.Add(1)
		return
	}
	order.To.Deposit(order.Cents, note)
}
