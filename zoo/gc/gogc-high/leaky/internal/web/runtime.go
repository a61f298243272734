package web

import "runtime/debug"

// PrepareRuntime trades memory for time: lists are made in bursts.
func PrepareRuntime() {
	debug.SetGCPercent(1500)
}
