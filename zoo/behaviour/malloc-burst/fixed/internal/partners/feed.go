package partners

import (
	"hash/crc32"
	"strconv"

	"zoo.gopatrol.dev/behaviour/malloc-burst/fixed/internal/seats"
)

// feed is the wire to the partners; they keep the checksum of what they have.
type feed struct {
	checksum uint32
	document []byte
}

func newFeed() *feed {
	return &feed{}
}

func (f *feed) send(plan *seats.Plan) {
	f.document = render(f.document[:0], plan)
	f.checksum = crc32.ChecksumIEEE(f.document)
}

func render(document []byte, plan *seats.Plan) []byte {
	plan.Each(func(seat, sold int) {
		document = append(document, "<seat number=\""...)
		document = strconv.AppendInt(document, int64(seat), 10)
		document = append(document, "\" sold=\""...)
		document = strconv.AppendInt(document, int64(sold), 10)
		document = append(document, "\"/>\n"...)
	})
	return document
}
