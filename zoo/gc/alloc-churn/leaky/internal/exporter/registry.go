package exporter

import "sync"

// Registry holds a fixed set of sensors.
type Registry struct {
	mu      sync.Mutex
	sensors []*Sensor
}

// NewRegistry returns a registry of n sensors.
func NewRegistry(n int) *Registry {
	r := &Registry{sensors: make([]*Sensor, n)}
	for i := range r.sensors {
		r.sensors[i] = newSensor(i)
	}
	return r
}

// Report stores a measurement; an unknown sensor is ignored.
func (r *Registry) Report(number int, celsius float64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if number < 0 || number >= len(r.sensors) {
		return
	}
	r.sensors[number].record(celsius)
}

// Text returns all measurements in the text format that scrapers read.
func (r *Registry) Text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := "# TYPE sensor_celsius gauge\n# TYPE sensor_celsius_max gauge\n# TYPE sensor_reports_total counter\n"
	for _, sensor := range r.sensors {
		text += sensor.lines()
	}
	return text
}
