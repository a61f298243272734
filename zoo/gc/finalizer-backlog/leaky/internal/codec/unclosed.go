package codec

import (
	"context"
	"log"
)

var unclosed = make(chan int)

// enough warnings make the point.
const enough = 20

func (d *Decoder) check() {
	if !d.closed {
		unclosed <- d.picture
	}
}

// WarnOfUnclosed logs which pictures were not closed.
func WarnOfUnclosed(ctx context.Context) {
	for warned := 0; warned < enough; warned++ {
		select {
		case picture := <-unclosed:
			log.Printf("decoder of picture %d was not closed", picture)
		case <-ctx.Done():
			return
		}
	}
}
