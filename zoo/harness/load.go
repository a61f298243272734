package harness

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Operation is one unit of load; n counts from zero.
type Operation func(ctx context.Context, n int) error

// drive starts operations at the set rate until ctx ends. Time decides how many
// are due, so a late tick is made up for and the rate holds on a busy machine.
func (s *Service) drive(ctx context.Context, operation Operation) {
	if s.rate <= 0 {
		return
	}
	due := make(chan int, 256)
	defer close(due)
	for i := 0; i < workers; i++ {
		go func() {
			for n := range due {
				operations.Add(1)
				if err := operation(ctx, n); err != nil && ctx.Err() == nil {
					failures.Add(1)
				}
			}
		}()
	}

	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	began := time.Now()
	for n := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for target := int(time.Since(began).Seconds() * s.rate); n < target; n++ {
			select {
			case due <- n:
			default:
				skipped.Add(1)
			}
		}
	}
}

// connections is how many the load generator keeps open. They are few and all
// kept, so that they do not show as growth of the service under test.
const connections = 4

func newClient() *http.Client {
	return &http.Client{
		Timeout: 5 * time.Second,
		Transport: &http.Transport{
			MaxConnsPerHost:     connections,
			MaxIdleConnsPerHost: connections,
		},
	}
}

// Get requests path of the service itself and discards the answer.
func (s *Service) Get(ctx context.Context, path string) error {
	return s.send(ctx, http.MethodGet, path, "", nil)
}

// Post sends body to path of the service itself and discards the answer.
func (s *Service) Post(ctx context.Context, path, contentType string, body io.Reader) error {
	return s.send(ctx, http.MethodPost, path, contentType, body)
}

func (s *Service) send(ctx context.Context, method, path, contentType string, body io.Reader) error {
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, body)
	if err != nil {
		return err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}
	return nil
}
