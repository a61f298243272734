// Package desk takes the guests' requests.
package desk

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"zoo.gopatrol.dev/mixed/booking/internal/rates"
)

// Desk answers for one hotel.
type Desk struct {
	quoter  *rates.Quoter
	replies *replies
}

// New returns a desk that asks quoter for prices.
func New(quoter *rates.Quoter) *Desk {
	return &Desk{quoter: quoter, replies: newReplies()}
}

// Routes registers the handlers.
func (d *Desk) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/quote", d.quote)
	mux.HandleFunc("/book", d.book)
}

func (d *Desk) quote(w http.ResponseWriter, r *http.Request) {
	room, err := strconv.Atoi(r.FormValue("room"))
	if err != nil {
		http.Error(w, "room is not a number", http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "room %d: %d.00 a night\n", room, d.quoter.Quote(room, 12*time.Millisecond))
}

func (d *Desk) book(w http.ResponseWriter, r *http.Request) {
	request := r.FormValue("request")
	if earlier, ok := d.replies.find(request); ok {
		w.Write(earlier.page)
		return
	}
	reply := confirm(r.FormValue("guest"), r.FormValue("room"))
	d.replies.remember(request, reply)
	w.Write(reply.page)
}
