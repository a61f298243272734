// Package crawl visits web sites.
package crawl

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Checker finds out which sites answer.
type Checker struct {
	client *http.Client

	mu      sync.Mutex
	visited int
	broken  int
}

// NewChecker returns a checker that reaches all sites through proxy.
func NewChecker(proxy string) *Checker {
	dialer := &net.Dialer{Timeout: 2 * time.Second}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, proxy)
		},
		ResponseHeaderTimeout: 3 * time.Second,
		MaxIdleConns:          40,
		IdleConnTimeout:       3 * time.Second,
	}
	return &Checker{client: &http.Client{Transport: transport, Timeout: 5 * time.Second}}
}

// Routes registers the checker's paths.
func (c *Checker) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/result", func(w http.ResponseWriter, _ *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		json.NewEncoder(w).Encode(map[string]int{"visited": c.visited, "broken": c.broken})
	})
}

// Check visits one site.
func (c *Checker) Check(ctx context.Context, site string) error {
	err := c.visit(ctx, site)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.visited++
	if err != nil {
		c.broken++
	}
	return err
}

func (c *Checker) visit(ctx context.Context, site string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+site+"/", nil)
	if err != nil {
		return err
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s: %s", site, resp.Status)
	}
	return nil
}
