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

// perSite is how many sensors a site has.
const perSite = 10

// AppendText adds the measurements of a site to text, in the format that scrapers read.
func (r *Registry) AppendText(text []byte, site int) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	text = append(text, "# TYPE sensor_celsius gauge\n# TYPE sensor_celsius_max gauge\n# TYPE sensor_reports_total counter\n"...)
	first := site * perSite
	if site < 0 || first+perSite > len(r.sensors) {
		return text
	}
	for _, sensor := range r.sensors[first : first+perSite] {
		text = sensor.appendLines(text)
	}
	return text
}
