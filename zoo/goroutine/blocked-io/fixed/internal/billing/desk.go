// Package billing writes invoices.
package billing

import (
	"fmt"
	"sync/atomic"
)

// Desk issues invoices with running numbers.
type Desk struct {
	checker *Checker
	last    atomic.Int64
	refused atomic.Int64
}

// NewDesk returns a desk that has tax numbers checked by c.
func NewDesk(c *Checker) *Desk { return &Desk{checker: c} }

// Refused tells how many invoices had a wrong tax number.
func (d *Desk) Refused() int64 { return d.refused.Load() }

// Issue writes an invoice. Its tax number is checked later.
func (d *Desk) Issue(customer, tax string) string {
	number := d.last.Add(1)
	go d.verify(tax)
	return fmt.Sprintf("invoice %06d for %s", number, customer)
}

func (d *Desk) verify(tax string) {
	if ok, err := d.checker.Check(tax); err != nil || !ok {
		d.refused.Add(1)
	}
}
