package meters

import (
	"context"
	"time"
)

// quietAfter is how long no meter may speak before somebody should look.
const quietAfter = 10 * time.Minute

type counter struct {
	station  *Station
	readings <-chan Reading
	sums     map[int]int
}

func (c *counter) run(ctx context.Context) {
	for {
		select {
		case reading := <-c.readings:
			c.sums[reading.Meter] += reading.WattHours
			c.station.total.Add(int64(reading.WattHours))
		case <-time.After(quietAfter):
			c.station.quiet.Add(1)
		case <-ctx.Done():
			return
		}
	}
}
