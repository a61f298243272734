// Package stock asks the warehouse, and stands in for it.
package stock

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Start runs a warehouse until ctx ends and returns its address.
func Start(ctx context.Context) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: http.HandlerFunc(answer), ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener)
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	return "http://" + listener.Addr().String(), nil
}

func answer(w http.ResponseWriter, r *http.Request) {
	article, err := strconv.Atoi(r.FormValue("article"))
	if err != nil || article%2 == 1 {
		http.NotFound(w, r)
		return
	}
	fmt.Fprintf(w, "%d pieces, next delivery in %d days\n", article%17, article%5)
}
