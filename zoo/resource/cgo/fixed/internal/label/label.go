// Package label renders shipping labels.
package label

// #include <stdlib.h>
// #include "render.h"
import "C"

import (
	"errors"
	"fmt"
	"net/http"
	"unsafe"
)

// Routes registers the label page.
func Routes(mux *http.ServeMux) {
	mux.HandleFunc("/label", func(w http.ResponseWriter, r *http.Request) {
		sum, err := Render(r.FormValue("name"), r.FormValue("zip"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintf(w, "%08x\n", sum)
	})
}

var errNoMemory = errors.New("no memory for a label")

// Render draws a label and returns its checksum.
func Render(name, zip string) (uint32, error) {
	cName, cZip := C.CString(name), C.CString(zip)
	defer C.free(unsafe.Pointer(cName))
	defer C.free(unsafe.Pointer(cZip))
	bitmap := C.label_render(cName, cZip)
	if bitmap == nil {
		return 0, errNoMemory
	}
	defer C.label_free(bitmap)
	return uint32(C.label_checksum(bitmap)), nil
}
