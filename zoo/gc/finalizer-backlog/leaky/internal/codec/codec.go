// Package codec decodes pictures.
package codec

import "runtime"

// Decoder holds the tables of one picture. Close it after use.
type Decoder struct {
	picture int
	tables  [16 << 10]byte
	closed  bool
}

// Open prepares a decoder for a picture.
func Open(picture int) *Decoder {
	d := &Decoder{picture: picture}
	for i := range d.tables {
		d.tables[i] = byte(i * picture)
	}
	runtime.SetFinalizer(d, (*Decoder).check)
	return d
}

// Row returns one row of the decoded picture.
func (d *Decoder) Row(n, width int) []byte {
	row := make([]byte, width)
	copy(row, d.tables[(n*width)%(len(d.tables)-width):])
	return row
}

// Close gives the tables back.
func (d *Decoder) Close() {
	d.closed = true
	runtime.SetFinalizer(d, nil)
}
