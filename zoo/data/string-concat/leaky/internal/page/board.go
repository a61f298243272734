// Package page shows the roster.
package page

import (
	"html"
	"io"
	"net/http"
	"strconv"

	"zoo.gopatrol.dev/data/string-concat/leaky/internal/roster"
)

// Board answers the screens in the corridors.
type Board struct {
	plan *roster.Plan
}

// NewBoard returns a board that shows plan.
func NewBoard(plan *roster.Plan) *Board {
	return &Board{plan: plan}
}

// Routes registers the handler.
func (b *Board) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/ward", b.ward)
}

func (b *Board) ward(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(r.FormValue("number"))
	if err != nil {
		http.Error(w, "number is not a number", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	io.WriteString(w, table(number, b.plan.Ward(number)))
}

func table(number int, shifts []roster.Shift) string {
	body := "<h1>Ward " + strconv.Itoa(number) + "</h1>\n<table>\n"
	for _, s := range shifts {
		body += "<tr><td>" + html.EscapeString(s.Person) + "</td><td>" + s.Day + "</td><td>" + s.From + " to " + s.To + "</td><td>" + s.Room + "</td></tr>\n"
	}
	return body + "</table>\n"
}
