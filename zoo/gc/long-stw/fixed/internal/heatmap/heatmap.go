// Package heatmap counts people by cell of a grid.
package heatmap

import (
	"strconv"
	"sync"
)

// Cells of the grid, each a metre square.
const Cells = 256 << 20

// tile is what is copied at a time.
const tile = 256 << 10

var live, drawn [Cells]byte

// City is the one grid that there is.
type City struct {
	mu    sync.Mutex
	views int
	dirty [Cells / tile]bool
}

// Open marks the cells where anybody can be.
func Open() *City {
	for i := 0; i < Cells; i += 4096 {
		live[i] = 1
		drawn[i] = 1
	}
	return &City{}
}

// Report counts one person in each of the cells.
func (c *City) Report(cells []string) {
	for _, cell := range cells {
		i, err := strconv.Atoi(cell)
		if err != nil || i < 0 || i >= Cells {
			continue
		}
		c.mu.Lock()
		live[i]++
		c.dirty[i/tile] = true
		c.mu.Unlock()
	}
}

// View freezes the grid for drawing and gives the view's number.
func (c *City) View() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	for from := 0; from < Cells; from += tile {
		if c.dirty[from/tile] {
			copy(drawn[from:from+tile], live[from:from+tile])
			c.dirty[from/tile] = false
		}
	}
	c.views++
	return c.views
}
