package partners

import (
	"fmt"
	"hash/crc32"

	"zoo.gopatrol.dev/behaviour/malloc-burst/leaky/internal/seats"
)

// feed is the wire to the partners; they keep the checksum of what they have.
type feed struct {
	checksum uint32
}

func newFeed() *feed {
	return &feed{}
}

func (f *feed) send(plan *seats.Plan) {
	f.checksum = crc32.ChecksumIEEE(render(plan))
}

func render(plan *seats.Plan) []byte {
	var document []byte
	plan.Each(func(seat, sold int) {
		document = append(document, fmt.Sprintf("<seat number=%q sold=%q/>\n", fmt.Sprint(seat), fmt.Sprint(sold))...)
	})
	return document
}
