// Package api answers what could be meant.
package api

import (
	"encoding/json"
	"net/http"
	"strings"

	"zoo.gopatrol.dev/gc/gogc-low/fixed/internal/words"
)

// API is the HTTP face of a lexicon.
type API struct {
	lexicon *words.Lexicon
}

// New returns the handlers over a lexicon.
func New(lexicon *words.Lexicon) *API {
	return &API{lexicon: lexicon}
}

// Routes registers the handlers.
func (a *API) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/complete", a.complete)
}

// suggestion is one line of the answer.
type suggestion struct {
	Word  string `json:"word"`
	Shown string `json:"shown"`
}

func (a *API) complete(w http.ResponseWriter, r *http.Request) {
	prefix := r.FormValue("prefix")
	found := a.lexicon.Complete(prefix, 300)
	answer := make([]suggestion, 0, len(found))
	for _, word := range found {
		answer = append(answer, suggestion{Word: word, Shown: strings.ToUpper(word[:1]) + word[1:]})
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
