// Package status shows whether backends answer.
package status

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"
)

var layout = template.Must(template.New("status").Parse(
	`<h1>{{.Service}}</h1><p class="{{.Class}}">{{.State}} after {{.Took}}</p>`))

// Page answers /status.
type Page struct {
	prober *prober
}

// NewPage returns a page about the backends at address.
func NewPage(address string) (*Page, error) {
	prober, err := newProber(address)
	if err != nil {
		return nil, err
	}
	return &Page{prober: prober}, nil
}

// Close gives the connection back.
func (p *Page) Close() error {
	return p.prober.Close()
}

// Routes registers the page's paths.
func (p *Page) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/status", p.serve)
}

func (p *Page) serve(w http.ResponseWriter, r *http.Request) {
	service := r.URL.Query().Get("service")
	began := time.Now()
	state, err := p.prober.Check(r.Context(), service)
	if err != nil {
		http.Error(w, fmt.Sprintf("%s: %v", service, err), http.StatusBadGateway)
		return
	}
	layout.Execute(w, map[string]any{
		"Service": service,
		"Class":   strings.ToLower(state),
		"State":   state,
		"Took":    time.Since(began).Round(time.Microsecond),
	})
}
