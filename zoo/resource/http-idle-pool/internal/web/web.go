// Package web is many web sites behind one address.
package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Start serves every site until ctx ends and returns the address to dial for all of them.
func Start(ctx context.Context) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: http.HandlerFunc(serve), ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener)
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	return listener.Addr().String(), nil
}

func serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", fmt.Sprintf("%q", r.Host))
	fmt.Fprintf(w, "<h1>%s</h1>%s", r.Host, strings.Repeat("<p>welcome</p>", 20))
}
