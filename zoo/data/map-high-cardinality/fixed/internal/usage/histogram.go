package usage

import (
	"math/bits"
	"time"
)

// perOctave is how finely each doubling of the time is divided.
const perOctave = 8

// histogram counts times in logarithmic steps from a microsecond on.
type histogram struct {
	total  uint64
	counts []uint64
}

func newHistogram() *histogram {
	return &histogram{counts: make([]uint64, 32*perOctave)}
}

func (h *histogram) add(d time.Duration) {
	h.total++
	h.counts[index(d)]++
}

func (h *histogram) quantile(q float64) time.Duration {
	rest := uint64(q * float64(h.total))
	for i, n := range h.counts {
		if n > rest {
			return lower(i)
		}
		rest -= n
	}
	return lower(len(h.counts) - 1)
}

func index(d time.Duration) int {
	us := uint64(d / time.Microsecond)
	if us == 0 {
		return 0
	}
	octave := bits.Len64(us) - 1
	part := int(us<<3>>octave) & (perOctave - 1)
	if octave > 31 {
		return 32*perOctave - 1
	}
	return octave*perOctave + part
}

func lower(i int) time.Duration {
	octave, part := i/perOctave, i%perOctave
	return time.Duration(uint64(perOctave+part)<<octave>>3) * time.Microsecond
}
