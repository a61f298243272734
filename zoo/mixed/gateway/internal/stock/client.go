package stock

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// Client asks the warehouse.
type Client struct {
	ctx  context.Context
	base string
	http *http.Client
}

// NewClient returns a client for the warehouse at base.
func NewClient(ctx context.Context, base string) *Client {
	return &Client{ctx: ctx, base: base, http: &http.Client{}}
}

// Available returns what the warehouse says of an article.
func (c *Client) Available(article int) (string, error) {
	url := fmt.Sprintf("%s/stock?article=%d", c.base, article)
	req, err := http.NewRequestWithContext(c.ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("article %d: %s", article, resp.Status)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}
