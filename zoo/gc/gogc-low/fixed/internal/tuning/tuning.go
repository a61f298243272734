// Package tuning sets how the process uses its machine.
package tuning

import "runtime/debug"

// gcPercent is the runtime's default.
const gcPercent = 100

// Apply sets the runtime up for this service.
func Apply() {
	debug.SetGCPercent(gcPercent)
}
