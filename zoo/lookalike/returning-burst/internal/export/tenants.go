// Package export writes tenants' data to files.
package export

import (
	"fmt"
	"net/http"
	"strconv"
)

// Tenants is the list of all customers.
type Tenants struct {
	names []string
}

// NewTenants returns n tenants.
func NewTenants(n int) *Tenants {
	t := &Tenants{names: make([]string, n)}
	for i := range t.names {
		t.names[i] = fmt.Sprintf("Tenant %d Ltd.", i)
	}
	return t
}

// Routes registers the lookup.
func (t *Tenants) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/tenant", func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.Atoi(r.FormValue("id"))
		if err != nil || id < 0 || id >= len(t.names) {
			http.NotFound(w, r)
			return
		}
		fmt.Fprintf(w, "%d: %s\n", id, t.names[id])
	})
}
