package preview

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"
)

const (
	fetchTimeout = 4 * time.Second
	maxPageBytes = 256 << 10
)

var (
	titlePattern = regexp.MustCompile(`<title>([^<]*)</title>`)
	imagePattern = regexp.MustCompile(`og:image" content="([^"]*)"`)
)

// Card is what is shown of a page.
type Card struct {
	Title string `json:"title"`
	Image string `json:"image"`
}

// fetcher reads pages. It does not trust what it reads.
type fetcher struct {
	base   string
	client *http.Client
}

func newFetcher(base string) *fetcher {
	return &fetcher{base: base, client: newClient(fetchTimeout)}
}

func newClient(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
			ResponseHeaderTimeout: timeout / 2,
			MaxIdleConnsPerHost:   4,
		},
	}
}

// Card fetches a page and returns what to show of it.
func (f *fetcher) Card(ctx context.Context, page string) (Card, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.base+"/"+page, nil)
	if err != nil {
		return Card{}, err
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return Card{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPageBytes))
	if err != nil {
		return Card{}, err
	}
	if resp.StatusCode != http.StatusOK {
		return Card{}, fmt.Errorf("%s: %s", page, resp.Status)
	}
	return Card{Title: find(titlePattern, body), Image: find(imagePattern, body)}, nil
}

func find(pattern *regexp.Regexp, body []byte) string {
	if match := pattern.FindSubmatch(body); match != nil {
		return string(match[1])
	}
	return ""
}
