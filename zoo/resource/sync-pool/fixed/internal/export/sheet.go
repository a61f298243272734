package export

import (
	"strconv"
	"sync"
)

var sheets = sync.Pool{
	New: func() any { return &sheet{text: make([]byte, 0, 512)} },
}

// sheet has the memory that lines are written in, so that a line costs no allocation.
type sheet struct {
	text []byte
}

func acquireSheet() *sheet {
	return sheets.Get().(*sheet)
}

// maxKept is the most memory that a sheet may bring back: one large export must not stay.
const maxKept = 64 << 10

func (s *sheet) release() {
	if cap(s.text) > maxKept {
		return
	}
	s.text = s.text[:0]
	sheets.Put(s)
}

func (s *sheet) header() []byte {
	start := len(s.text)
	s.text = append(s.text, "order,shop,customer,amount,currency,note\n"...)
	return s.text[start:]
}

// line returns one row; it is good until the sheet is released.
func (s *sheet) line(shop, row int) []byte {
	start := len(s.text)
	s.text = strconv.AppendInt(s.text, int64(1000*shop+row), 10)
	s.text = append(s.text, ',')
	s.text = strconv.AppendInt(s.text, int64(shop), 10)
	s.text = append(s.text, ",customer-"...)
	s.text = strconv.AppendInt(s.text, int64(row%17), 10)
	s.text = append(s.text, ',')
	s.text = strconv.AppendFloat(s.text, float64(row)*1.25, 'f', 2, 64)
	s.text = append(s.text, ",EUR,\"to be left with the neighbours if nobody is at home\"\n"...)
	return s.text[start:]
}
