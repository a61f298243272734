// Package api is the HTTP face of the document service.
package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"zoo.gopatrol.dev/data/unbounded-slice/fixed/internal/docs"
	"zoo.gopatrol.dev/data/unbounded-slice/fixed/internal/history"
)

// API answers edit and history requests.
type API struct {
	shelf *docs.Shelf
	trail *history.Trail
}

// New returns the handlers over a shelf and its trail.
func New(shelf *docs.Shelf, trail *history.Trail) *API {
	return &API{shelf: shelf, trail: trail}
}

// Routes registers the handlers.
func (a *API) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/edit", a.edit)
	mux.HandleFunc("/changes", a.latest)
}

func (a *API) edit(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	doc, ok := a.shelf.Find(r.Form.Get("doc"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	changes := apply(doc, r.Form)
	a.trail.Record(changes)
	writeJSON(w, map[string]int{"changed": len(changes)})
}

func apply(doc *docs.Document, form url.Values) []history.Change {
	var changes []history.Change
	editor := form.Get("editor")
	for field, values := range form {
		if !strings.HasPrefix(field, "field") {
			continue
		}
		before := doc.Set(field, values[0])
		changes = append(changes, history.Describe(doc.ID, editor, field, before, values[0]))
	}
	return changes
}

func (a *API) latest(w http.ResponseWriter, r *http.Request) {
	limit, err := strconv.Atoi(r.FormValue("limit"))
	if err != nil || limit < 1 || limit > 100 {
		limit = 20
	}
	writeJSON(w, a.trail.Latest(limit))
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(value)
}
