// Package exporter publishes the latest measurements of a set of sensors.
package exporter

import (
	"fmt"
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
		Site:   fmt.Sprintf("plant-%d", number/100),
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

func (s *Sensor) labels() string {
	return fmt.Sprintf(`sensor="%d",site="%s",room="%s"`, s.Number, s.Site, s.Room)
}

func (s *Sensor) lines() string {
	lines := fmt.Sprintf("sensor_celsius{%s} %g\n", s.labels(), s.celsius())
	lines += fmt.Sprintf("sensor_celsius_max{%s} %g\n", s.labels(), s.highest())
	lines += fmt.Sprintf("sensor_reports_total{%s} %d\n", s.labels(), s.Reports)
	return lines
}
