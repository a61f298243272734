// Package quotes knows what shares cost.
package quotes

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Quote is the price of one share.
type Quote struct {
	Symbol string    `json:"symbol"`
	Cents  int64     `json:"cents"`
	At     time.Time `json:"at"`
}

// Client asks the exchange.
type Client struct {
	ctx  context.Context
	base string
	http *http.Client
}

// NewClient returns a client for the exchange at base. It works until ctx ends.
func NewClient(ctx context.Context, base string) *Client {
	return &Client{ctx: ctx, base: base, http: &http.Client{}}
}

// Fetch returns the current price of a symbol.
func (c *Client) Fetch(symbol string) (Quote, error) {
	req, err := c.newRequest(symbol)
	if err != nil {
		return Quote{}, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return Quote{}, fmt.Errorf("quote for %s: %w", symbol, err)
	}
	if resp.StatusCode != http.StatusOK {
		return Quote{}, fmt.Errorf("quote for %s: %s", symbol, resp.Status)
	}
	defer resp.Body.Close()
	var quote Quote
	if err := json.NewDecoder(resp.Body).Decode(&quote); err != nil {
		return Quote{}, fmt.Errorf("quote for %s: %w", symbol, err)
	}
	return quote, nil
}

func (c *Client) newRequest(symbol string) (*http.Request, error) {
	query := url.Values{"symbol": {symbol}}
	req, err := http.NewRequestWithContext(c.ctx, http.MethodGet, c.base+"/quote?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	return req, nil
}
