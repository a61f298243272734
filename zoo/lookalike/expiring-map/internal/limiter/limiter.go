// Package limiter counts what callers do.
package limiter

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// window is the latest requests of one caller.
type window struct {
	times    [64]time.Time
	next     int
	lastSeen time.Time
}

// Limiter allows each caller a number of requests per second.
type Limiter struct {
	perSecond int
	idle      time.Duration

	mu      sync.Mutex
	callers map[string]*window
}

// New returns a limiter that forgets callers who were idle for some time.
func New(perSecond int, idle time.Duration) *Limiter {
	return &Limiter{perSecond: perSecond, idle: idle, callers: make(map[string]*window)}
}

// Routes registers the limited handler.
func (l *Limiter) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/api", func(w http.ResponseWriter, r *http.Request) {
		if !l.Allow(r.FormValue("caller"), time.Now()) {
			http.Error(w, "slow down", http.StatusTooManyRequests)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// Allow reports whether the caller may go on.
func (l *Limiter) Allow(caller string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := l.callers[caller]
	if seen == nil {
		seen = new(window)
		l.callers[caller] = seen
	}
	seen.lastSeen = now
	oldest := (seen.next + len(seen.times) - l.perSecond) % len(seen.times)
	if now.Sub(seen.times[oldest]) < time.Second {
		return false
	}
	seen.times[seen.next] = now
	seen.next = (seen.next + 1) % len(seen.times)
	return true
}

// Janitor forgets idle callers every so often until ctx ends.
func (l *Limiter) Janitor(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			l.forgetIdle(now)
		}
	}
}

func (l *Limiter) forgetIdle(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for caller, seen := range l.callers {
		if now.Sub(seen.lastSeen) > l.idle {
			delete(l.callers, caller)
		}
	}
}
