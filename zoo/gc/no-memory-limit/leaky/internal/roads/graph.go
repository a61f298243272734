// Package roads holds the road graph.
package roads

import "fmt"

// Junction is where roads meet.
type Junction struct {
	Name  string
	Roads []*Road
}

// Road leads from one junction to another.
type Road struct {
	To     *Junction
	Meters float64
}

// Graph is all junctions, by number.
type Graph struct {
	junctions []*Junction
}

// Build makes a graph of n junctions with two roads each.
func Build(n int) *Graph {
	g := &Graph{junctions: make([]*Junction, n)}
	for i := range g.junctions {
		g.junctions[i] = &Junction{Name: fmt.Sprintf("Junction %d", i)}
	}
	for i, junction := range g.junctions {
		for _, step := range []int{1, 997} {
			to := g.junctions[(i+step)%n]
			junction.Roads = append(junction.Roads, &Road{To: to, Meters: float64(50 + (i*step)%900)})
		}
	}
	return g
}

// Leg is one road of a route, as told to the driver.
type Leg struct {
	Towards string
	Meters  float64
}

// Route follows the shorter road, hops times.
func (g *Graph) Route(from, hops int) []Leg {
	var legs []Leg
	at := g.junctions[from%len(g.junctions)]
	for i := 0; i < hops; i++ {
		next := at.Roads[0]
		if at.Roads[1].Meters < next.Meters {
			next = at.Roads[1]
		}
		legs = append(legs, Leg{Towards: next.To.Name, Meters: next.Meters})
		at = next.To
	}
	return legs
}
