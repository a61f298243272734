package docs

import (
	"encoding/binary"
	"time"
)

// Revision is one change of a document.
type Revision struct {
	Number   int
	Author   uint32
	Previous *Revision
}

// load gets the oldest revision from the archive.
func (r *Revision) load() {
	time.Sleep(time.Duration(1200+70*r.Number) * time.Millisecond)
}

// Text is what a document says.
type Text struct {
	words int
	sum   uint32
}

// replay applies all revisions from the oldest to this one.
func (r *Revision) replay(text *Text) {
	var chain []*Revision
	for ; r.Previous != nil; r = r.Previous {
		chain = append(chain, r)
	}
	r.load()
	for i := len(chain) - 1; i >= 0; i-- {
		var change [256]byte
		n := chain[i].encode(&change)
		for _, b := range change[:n] {
			text.sum = text.sum*16777619 ^ uint32(b)
		}
		text.words += int(chain[i].Author % 7)
	}
}

func (r *Revision) encode(change *[256]byte) int {
	binary.LittleEndian.PutUint64(change[:], uint64(r.Number))
	binary.LittleEndian.PutUint32(change[8:], r.Author)
	return 12 + int(r.Author%64)
}
