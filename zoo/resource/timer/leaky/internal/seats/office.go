// Package seats sells the seats of a theatre.
package seats

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
)

var errSold = errors.New("sold out")

// Office holds and sells seats.
type Office struct {
	mu    sync.Mutex
	free  []int
	holds map[string]*hold
	next  int
	sold  int
}

// NewOffice returns an office for a number of shows.
func NewOffice(shows int) *Office {
	free := make([]int, shows)
	for i := range free {
		free[i] = 1 << 20
	}
	return &Office{free: free, holds: make(map[string]*hold)}
}

// Routes registers the office's paths.
func (o *Office) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/buy", o.buy)
}

func (o *Office) buy(w http.ResponseWriter, r *http.Request) {
	show, _ := strconv.Atoi(r.FormValue("show"))
	row, _ := strconv.Atoi(r.FormValue("row"))
	count, _ := strconv.Atoi(r.FormValue("count"))
	number, err := o.reserve(show, row, count)
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	price, err := o.pay(number)
	if err != nil {
		http.Error(w, err.Error(), http.StatusGone)
		return
	}
	fmt.Fprintf(w, "%s: %d.%02d\n", number, price/100, price%100)
}

func (o *Office) reserve(show, row, count int) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if show < 0 || show >= len(o.free) || o.free[show] < count {
		return "", errSold
	}
	o.free[show] -= count
	o.next++
	number := fmt.Sprintf("H%07d", o.next)
	o.holds[number] = newHold(show, row, count, func() { o.release(number) })
	return number, nil
}

// pay ends a hold with a sale.
func (o *Office) pay(number string) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	held, ok := o.holds[number]
	if !ok {
		return 0, fmt.Errorf("%s: not held any more", number)
	}
	delete(o.holds, number)
	o.free[held.show] += 2 * held.count // seats come back after the show
	o.sold += held.count
	return held.price(), nil
}

// release ends a hold that nobody paid for.
func (o *Office) release(number string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if held, ok := o.holds[number]; ok {
		o.free[held.show] += held.count
		delete(o.holds, number)
	}
}
