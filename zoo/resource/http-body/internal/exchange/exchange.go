// Package exchange plays the stock exchange's own server.
package exchange

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// Start serves quotes on a port of its own until ctx ends and returns the base
// URL. Every fourth request meets a busy server.
func Start(ctx context.Context) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: http.HandlerFunc(newDesk().quote), ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener)
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	return "http://" + listener.Addr().String(), nil
}

type desk struct {
	requests atomic.Int64
	notice   string
}

func newDesk() *desk {
	return &desk{notice: "<html><body>" + strings.Repeat("<p>All brokers are busy.</p>", 60) + "</body></html>"}
}

func (d *desk) quote(w http.ResponseWriter, r *http.Request) {
	n := d.requests.Add(1)
	if n%4 == 0 {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, d.notice)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"symbol":%q,"cents":%d,"at":%q}`+"\n", r.FormValue("symbol"), 1000+n*37%900, time.Now().Format(time.RFC3339Nano))
}
