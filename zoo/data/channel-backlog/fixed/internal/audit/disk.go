package audit

import (
	"hash/crc32"
	"time"
)

// syncTime is how long the disk takes to confirm a write.
const syncTime = 3 * time.Millisecond

type disk struct {
	written int64
	sum     uint32
}

func newDisk() *disk { return &disk{} }

// write returns when the entries are safe.
func (d *disk) write(entries ...*Entry) {
	for _, e := range entries {
		d.sum = crc32.Update(d.sum, crc32.IEEETable, e.Before)
		d.sum = crc32.Update(d.sum, crc32.IEEETable, e.After)
		d.written += int64(len(e.Before) + len(e.After))
	}
	time.Sleep(syncTime)
}
