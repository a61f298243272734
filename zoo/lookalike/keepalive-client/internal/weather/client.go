// Package weather shows what stations measure.
package weather

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Report is what a station says.
type Report struct {
	Station int     `json:"station"`
	Celsius float64 `json:"celsius"`
}

// Client asks stations. It keeps up to a hundred connections for the next round.
type Client struct {
	base string
	http *http.Client
}

// NewClient returns a client for the stations at base.
func NewClient(base string) *Client {
	return &Client{base: base, http: &http.Client{
		Timeout: 5 * time.Second,
		Transport: &http.Transport{
			MaxIdleConns:        100,
			MaxIdleConnsPerHost: 100,
			IdleConnTimeout:     90 * time.Second,
		},
	}}
}

// Ask returns the report of one station.
func (c *Client) Ask(ctx context.Context, station int) (Report, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/report?station=%d", c.base, station), nil)
	if err != nil {
		return Report{}, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return Report{}, err
	}
	defer func() {
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}()
	if resp.StatusCode != http.StatusOK {
		return Report{}, fmt.Errorf("station %d: %s", station, resp.Status)
	}
	var report Report
	err = json.NewDecoder(resp.Body).Decode(&report)
	return report, err
}
