package weather

import (
	"context"
	"encoding/json"
	"math/rand"
	"net"
	"net/http"
	"strconv"
	"time"
)

// StartStations plays the stations' own server until ctx ends. They take their
// time to answer.
func StartStations(ctx context.Context) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/report", func(w http.ResponseWriter, r *http.Request) {
		station, _ := strconv.Atoi(r.FormValue("station"))
		time.Sleep(time.Duration(500+rand.Intn(1000)) * time.Millisecond)
		json.NewEncoder(w).Encode(Report{Station: station, Celsius: float64(rand.Intn(350)) / 10})
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener)
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	return "http://" + listener.Addr().String(), nil
}
