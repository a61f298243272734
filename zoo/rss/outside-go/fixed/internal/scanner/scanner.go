// Package scanner reads parcels.
package scanner

// #cgo LDFLAGS: -lpthread
// #include "driver.h"
import "C"

import (
	"fmt"
	"net/http"
	"strconv"
)

// Routes registers the scan page.
func Routes(mux *http.ServeMux) {
	mux.HandleFunc("/scan", func(w http.ResponseWriter, r *http.Request) {
		parcel, err := strconv.Atoi(r.FormValue("parcel"))
		if err != nil || parcel < 0 {
			http.Error(w, "parcel is not a number", http.StatusBadRequest)
			return
		}
		code, err := Scan(parcel)
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintf(w, "%05d\n", code)
	})
}

// Scan reads a parcel's code.
func Scan(parcel int) (int, error) {
	if failed := C.driver_watch(C.int(parcel)); failed != 0 {
		return 0, fmt.Errorf("watch parcel %d: error %d", parcel, int(failed))
	}
	defer C.driver_unwatch(C.int(parcel))
	return int(C.driver_read(C.int(parcel))), nil
}
