// Package orders lets clerks change orders.
package orders

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"zoo.gopatrol.dev/data/channel-backlog/leaky/internal/audit"
)

// Desk takes the changes.
type Desk struct {
	trail *audit.Trail
}

// NewDesk returns a desk whose changes go to trail.
func NewDesk(trail *audit.Trail) *Desk {
	return &Desk{trail: trail}
}

// Routes registers the handlers.
func (d *Desk) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/change", d.change)
}

func (d *Desk) change(w http.ResponseWriter, r *http.Request) {
	order, user, amount := r.FormValue("order"), r.FormValue("user"), r.FormValue("amount")
	if order == "" || user == "" {
		http.Error(w, "order or user is missing", http.StatusBadRequest)
		return
	}
	d.trail.Add(&audit.Entry{
		Order:  order,
		User:   user,
		At:     time.Now(),
		Before: snapshot(order, "0"),
		After:  snapshot(order, amount),
	})
	fmt.Fprintf(w, "order %s: amount is %s\n", order, amount)
}

// snapshot is the order as it is printed for auditors.
func snapshot(order, amount string) []byte {
	var page bytes.Buffer
	page.Grow(1024)
	fmt.Fprintf(&page, "order %s\n", order)
	for line := 1; line <= 12; line++ {
		fmt.Fprintf(&page, "%2d  article %s-%d  amount %s  price 12.50\n", line, order, line, amount)
	}
	return page.Bytes()
}
