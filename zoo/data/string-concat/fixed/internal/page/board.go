// Package page shows the roster.
package page

import (
	"html"
	"io"
	"net/http"
	"strconv"
	"strings"

	"zoo.gopatrol.dev/data/string-concat/fixed/internal/roster"
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

// rowBytes is about how long a row is.
const rowBytes = 100

func table(number int, shifts []roster.Shift) string {
	var body strings.Builder
	body.Grow(64 + rowBytes*len(shifts))
	body.WriteString("<h1>Ward ")
	body.WriteString(strconv.Itoa(number))
	body.WriteString("</h1>\n<table>\n")
	for _, s := range shifts {
		body.WriteString("<tr><td>")
		body.WriteString(html.EscapeString(s.Person))
		body.WriteString("</td><td>")
		body.WriteString(s.Day)
		body.WriteString("</td><td>")
		body.WriteString(s.From)
		body.WriteString(" to ")
		body.WriteString(s.To)
		body.WriteString("</td><td>")
		body.WriteString(s.Room)
		body.WriteString("</td></tr>\n")
	}
	body.WriteString("</table>\n")
	return body.String()
}
