// Package orders follows parcels until they have arrived.
package orders

import (
	"fmt"
	"sync"
	"time"

	"zoo.gopatrol.dev/goroutine/blocked-sleep/leaky/internal/carrier"
)

const (
	pollEvery = 700 * time.Millisecond
	inboxSize = 50
)

// Desk dispatches orders.
type Desk struct {
	carrier *carrier.Carrier

	mu    sync.Mutex
	inbox []string
}

// NewDesk returns a desk that ships with c.
func NewDesk(c *carrier.Carrier) *Desk { return &Desk{carrier: c} }

// Dispatch ships an order and tells the customer when it is there.
func (d *Desk) Dispatch(order int, recalled bool) {
	parcel := d.carrier.Send(recalled)
	go func() {
		d.follow(parcel)
		d.notify(fmt.Sprintf("order %d has arrived as parcel %d", order, parcel.Number))
	}()
}

// follow returns when the parcel has reached its end.
func (d *Desk) follow(parcel *carrier.Parcel) {
	for {
		switch d.carrier.Track(parcel) {
		case carrier.Delivered:
			return
		}
		time.Sleep(pollEvery)
	}
}

func (d *Desk) notify(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.inbox) == inboxSize {
		copy(d.inbox, d.inbox[1:])
		d.inbox = d.inbox[:inboxSize-1]
	}
	d.inbox = append(d.inbox, line)
}

// Inbox is what customers were told last.
func (d *Desk) Inbox() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.inbox...)
}
