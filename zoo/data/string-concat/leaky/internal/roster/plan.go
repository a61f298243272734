// Package roster plans who works when.
package roster

import "fmt"

// Shift is one person's duty.
type Shift struct {
	Person string
	Day    string
	From   string
	To     string
	Room   string
}

// Plan holds the shifts of all wards.
type Plan struct {
	wards [][]Shift
}

var hours = []string{"06:00", "14:00", "22:00", "06:00"}

// Draw makes a plan for so many wards and shifts.
func Draw(wards, shifts int) *Plan {
	p := &Plan{wards: make([][]Shift, wards)}
	for w := range p.wards {
		p.wards[w] = make([]Shift, shifts)
		for i := range p.wards[w] {
			p.wards[w][i] = Shift{
				Person: fmt.Sprintf("nurse %d", (w*31+i*7)%900),
				Day:    fmt.Sprintf("day %d", i/12+1),
				From:   hours[i%3],
				To:     hours[i%3+1],
				Room:   fmt.Sprintf("%d-%02d", w, i%12),
			}
		}
	}
	return p
}

// Ward returns the shifts of a ward.
func (p *Plan) Ward(number int) []Shift {
	if number < 0 || number >= len(p.wards) {
		return nil
	}
	return p.wards[number]
}
