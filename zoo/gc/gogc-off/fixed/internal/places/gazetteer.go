// Package places knows where places are.
package places

import (
	"math"
	"sort"
)

// Place is a named point.
type Place struct {
	Name     string
	Lat, Lon float64
}

// cell is one square degree.
type cell struct{ lat, lon int }

func cellOf(lat, lon float64) cell {
	return cell{int(math.Floor(lat)), int(math.Floor(lon))}
}

// Gazetteer finds places by position.
type Gazetteer struct {
	cells map[cell][]Place
}

// Match is a place and how far away it is.
type Match struct {
	Place
	Degrees float64
}

// Nearest returns the limit places closest to a point, closest first.
func (g *Gazetteer) Nearest(lat, lon float64, limit int) []Match {
	matches := g.around(cellOf(lat, lon), lat, lon)
	sort.Slice(matches, func(i, j int) bool { return matches[i].Degrees < matches[j].Degrees })
	if len(matches) > limit {
		matches = matches[:limit]
	}
	return matches
}

func (g *Gazetteer) around(center cell, lat, lon float64) []Match {
	matches := make([]Match, 0, 96)
	for dLat := -4; dLat <= 4; dLat++ {
		for dLon := -4; dLon <= 4; dLon++ {
			for _, place := range g.cells[cell{center.lat + dLat, center.lon + dLon}] {
				distance := math.Hypot(place.Lat-lat, place.Lon-lon)
				matches = append(matches, Match{Place: place, Degrees: distance})
			}
		}
	}
	return matches
}
