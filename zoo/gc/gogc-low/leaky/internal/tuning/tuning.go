// Package tuning sets how the process uses its machine.
package tuning

import "runtime/debug"

// gcPercent keeps the footprint on the shared machines small.
const gcPercent = 10

// Apply sets the runtime up for this service.
func Apply() {
	debug.SetGCPercent(gcPercent)
}
