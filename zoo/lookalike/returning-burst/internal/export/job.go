package export

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	pages     = 40
	pageDelay = 200 * time.Millisecond
)

// ExportRegularly runs an export after first and then at every interval.
func (t *Tenants) ExportRegularly(ctx context.Context, first, interval time.Duration) {
	timer := time.NewTimer(first)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		timer.Reset(interval)
		t.exportAll(ctx)
	}
}

// exportAll exports all tenants at the same time; one export takes pages *
// pageDelay.
func (t *Tenants) exportAll(ctx context.Context) {
	var running sync.WaitGroup
	for _, name := range t.names {
		running.Add(1)
		go func(name string) {
			defer running.Done()
			exportTenant(ctx, name, io.Discard)
		}(name)
	}
	running.Wait()
}

// exportTenant collects all pages of a tenant and writes them in one go.
func exportTenant(ctx context.Context, name string, out io.Writer) error {
	var file bytes.Buffer
	for page := 0; page < pages; page++ {
		if err := fetchPage(ctx, &file, name, page); err != nil {
			return err
		}
	}
	_, err := file.WriteTo(out)
	return err
}

func fetchPage(ctx context.Context, file *bytes.Buffer, name string, page int) error {
	wait := time.NewTimer(pageDelay)
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-wait.C:
	}
	for row := 0; row < 60; row++ {
		fmt.Fprintf(file, "%s;%d;%d;invoice %d;paid\n", name, page, row, page*100+row)
	}
	return nil
}
