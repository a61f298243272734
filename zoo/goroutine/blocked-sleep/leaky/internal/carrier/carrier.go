// Package carrier stands for the company that moves parcels.
package carrier

import (
	"sync/atomic"
	"time"
)

// Status is where a parcel is.
type Status int

const (
	InTransit Status = iota
	Delivered
	Returned
)

// transit is how long a parcel is on its way.
const transit = 1200 * time.Millisecond

// Carrier takes parcels.
type Carrier struct {
	taken atomic.Int64
}

// New opens an account with the carrier.
func New() *Carrier { return &Carrier{} }

// Parcel is one shipment.
type Parcel struct {
	Number   int64
	picked   time.Time
	recalled bool
}

// Send hands a parcel over. A recalled one turns round on its way.
func (c *Carrier) Send(recalled bool) *Parcel {
	return &Parcel{Number: c.taken.Add(1), picked: time.Now(), recalled: recalled}
}

// Track asks for a parcel's status.
func (c *Carrier) Track(p *Parcel) Status {
	if time.Since(p.picked) < transit {
		return InTransit
	}
	if p.recalled {
		return Returned
	}
	return Delivered
}
