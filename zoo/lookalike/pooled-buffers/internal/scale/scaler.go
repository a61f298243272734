// Package scale makes pictures smaller.
package scale

import (
	"net/http"
	"strconv"
	"sync"
)

const bytesPerPoint = 4

// maxPooledBytes keeps rare huge pictures out of the pool.
const maxPooledBytes = 2 << 20

// Scaler works on pictures.
type Scaler struct {
	buffers sync.Pool
}

// NewScaler returns a scaler.
func NewScaler() *Scaler {
	return &Scaler{buffers: sync.Pool{New: func() any { return new([]byte) }}}
}

// Routes registers the handler.
func (s *Scaler) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/scale", s.serve)
}

func (s *Scaler) serve(w http.ResponseWriter, r *http.Request) {
	width, err := strconv.Atoi(r.FormValue("width"))
	if err != nil || width < 2 || width > 4000 {
		http.Error(w, "width must be 2 to 4000", http.StatusBadRequest)
		return
	}
	height, err := strconv.Atoi(r.FormValue("height"))
	if err != nil || height < 2 || height > 4000 {
		http.Error(w, "height must be 2 to 4000", http.StatusBadRequest)
		return
	}
	seed, _ := strconv.Atoi(r.FormValue("seed"))

	buffer := s.buffers.Get().(*[]byte)
	defer s.release(buffer)
	draw(buffer, seed, width*height*bytesPerPoint)
	w.Write(halve(*buffer, width, height))
}

func (s *Scaler) release(buffer *[]byte) {
	if cap(*buffer) <= maxPooledBytes {
		s.buffers.Put(buffer)
	}
}

// draw fills the buffer with size bytes of a picture.
func draw(buffer *[]byte, seed, size int) {
	if cap(*buffer) < size {
		*buffer = make([]byte, size)
	}
	*buffer = (*buffer)[:size]
	for i := 0; i < size; i += 64 {
		(*buffer)[i] = byte(seed + i/64)
	}
}

// halve returns a picture of a quarter of the size, one colour per point.
func halve(picture []byte, width, height int) []byte {
	small := make([]byte, 0, (width/2)*(height/2))
	for y := 0; y+1 < height; y += 2 {
		row := picture[y*width*bytesPerPoint:]
		for x := 0; x+1 < width; x += 2 {
			small = append(small, row[x*bytesPerPoint])
		}
	}
	return small
}
