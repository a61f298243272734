// Package sites is the web as the previews see it: pages with a title and a picture.
package sites

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Start serves pages until ctx ends and returns the base address.
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
	return "http://" + listener.Addr().String(), nil
}

func serve(w http.ResponseWriter, r *http.Request) {
	name := strings.Trim(r.URL.Path, "/")
	fmt.Fprintf(w, `<html><head><title>%s</title><meta property="og:image" content="/%s.png"></head><body>%s</body></html>`,
		name, name, strings.Repeat("<p>word after word</p>", 40))
}
