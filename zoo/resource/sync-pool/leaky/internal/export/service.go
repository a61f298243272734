// Package export writes orders as CSV.
package export

import (
	"net/http"
	"strconv"
	"time"
)

// The database is asked for so many rows at once, and left alone in between.
const (
	rowsAtOnce = 20
	pause      = 20 * time.Millisecond
)

// Service answers /orders.csv.
type Service struct{}

// NewService returns a service.
func NewService() *Service { return &Service{} }

// Routes registers the service's paths.
func (s *Service) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/orders.csv", s.serve)
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request) {
	shop, _ := strconv.Atoi(r.FormValue("shop"))
	rows, _ := strconv.Atoi(r.FormValue("rows"))
	sheet := acquireSheet()
	defer sheet.release()
	w.Header().Set("Content-Type", "text/csv")
	w.Write(sheet.header())
	for row := 0; row < rows; row++ {
		if row%rowsAtOnce == rowsAtOnce-1 {
			time.Sleep(pause)
		}
		w.Write(sheet.line(shop, row))
	}
}
