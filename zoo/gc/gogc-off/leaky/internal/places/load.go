package places

import (
	"fmt"
	"math/rand"
	"runtime/debug"
)

// Load builds a gazetteer of n places. Nearly everything allocated here stays,
// so collecting in between would only cost time.
func Load(n int) *Gazetteer {
	debug.SetGCPercent(-1)
	source := rand.New(rand.NewSource(7))
	g := &Gazetteer{cells: make(map[cell][]Place)}
	for i := 0; i < n; i++ {
		g.add(Place{
			Name: fmt.Sprintf("Place %d", i),
			Lat:  source.Float64()*180 - 90,
			Lon:  source.Float64()*360 - 180,
		})
	}
	return g
}

func (g *Gazetteer) add(place Place) {
	at := cellOf(place.Lat, place.Lon)
	g.cells[at] = append(g.cells[at], place)
}
