// Package exporter publishes the latest measurements of a set of sensors.
package exporter

import (
	"fmt"
	"strconv"
	"time"
)

// remembered is how many readings the highest and lowest values are taken from.
const remembered = 100

// Reading is one measurement.
type Reading struct {
	At      time.Time
	Celsius float64
}

// Sensor is one instrument and what it measured lately.
type Sensor struct {
	Number  int
	Site    string
	Room    string
	Reports int64

	recent []*Reading
	newest int
}

func newSensor(number int) *Sensor {
	s := &Sensor{
		Number: number,
		Site:   fmt.Sprintf("plant-%d", number/10),
		Room:   fmt.Sprintf("hall-%02d", number%40),
		recent: make([]*Reading, remembered),
	}
	for i := range s.recent {
		s.recent[i] = &Reading{At: time.Now(), Celsius: 20}
	}
	return s
}

func (s *Sensor) record(celsius float64) {
	s.newest = (s.newest + 1) % remembered
	s.recent[s.newest] = &Reading{At: time.Now(), Celsius: celsius}
	s.Reports++
}

func (s *Sensor) celsius() float64 { return s.recent[s.newest].Celsius }

func (s *Sensor) highest() float64 {
	highest := s.recent[0].Celsius
	for _, reading := range s.recent {
		highest = max(highest, reading.Celsius)
	}
	return highest
}

func (s *Sensor) appendLabels(text []byte) []byte {
	text = append(text, `{sensor="`...)
	text = strconv.AppendInt(text, int64(s.Number), 10)
	text = append(text, `",site="`...)
	text = append(text, s.Site...)
	text = append(text, `",room="`...)
	text = append(text, s.Room...)
	return append(text, `"} `...)
}

func (s *Sensor) appendLines(text []byte) []byte {
	text = s.appendLabels(append(text, "sensor_celsius"...))
	text = strconv.AppendFloat(text, s.celsius(), 'g', -1, 64)
	text = s.appendLabels(append(text, "\nsensor_celsius_max"...))
	text = strconv.AppendFloat(text, s.highest(), 'g', -1, 64)
	text = s.appendLabels(append(text, "\nsensor_reports_total"...))
	text = strconv.AppendInt(text, s.Reports, 10)
	return append(text, '\n')
}
