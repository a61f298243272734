// Package quiz asks questions.
package quiz

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	answerWithin = 5 * time.Second
	tick         = time.Second
	staleAfter   = 4 * time.Second
)

type playerKey struct{}

// Game runs the clocks of all players.
type Game struct {
	ctx context.Context

	mu      sync.Mutex
	running map[string]*round
	ticks   int
	lapsed  int
}

// round is one question to one player.
type round struct {
	player   string
	question string
	notes    []byte
	reminder *time.Timer
}

// NewGame returns a game that runs until ctx ends.
func NewGame(ctx context.Context) *Game {
	return &Game{ctx: ctx, running: make(map[string]*round)}
}

// Routes registers the game's paths.
func (g *Game) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/ask", g.ask)
}

func (g *Game) ask(w http.ResponseWriter, r *http.Request) {
	player := r.FormValue("player")
	// The player answers later, so that the round does not end with the request.
	ctx, cancel := context.WithTimeout(context.WithValue(g.ctx, playerKey{}, player), answerWithin)
	rd := &round{player: player, question: "question " + r.FormValue("question"), notes: make([]byte, 4096)}
	rd.reminder = time.AfterFunc(staleAfter, func() { g.remind(rd) })
	g.mu.Lock()
	g.running[player] = rd
	g.mu.Unlock()
	go g.watch(ctx, cancel, rd)
	fmt.Fprintf(w, "%s, %s has %s\n", rd.question, player, answerWithin)
}

// watch ticks until the player's time is over.
func (g *Game) watch(ctx context.Context, cancel context.CancelFunc, rd *round) {
	defer cancel()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			g.mu.Lock()
			g.ticks++
			g.mu.Unlock()
		case <-ctx.Done():
			rd.reminder.Stop()
			g.mu.Lock()
			g.lapsed++
			if g.running[rd.player] == rd {
				delete(g.running, rd.player)
			}
			g.mu.Unlock()
			return
		}
	}
}

func (g *Game) remind(rd *round) {
	copy(rd.notes, "hurry up")
}
