package web

import "runtime/debug"

// PrepareRuntime trades memory for time, as far as the container has it.
func PrepareRuntime() {
	debug.SetGCPercent(300)
	debug.SetMemoryLimit(115 << 20)
}
