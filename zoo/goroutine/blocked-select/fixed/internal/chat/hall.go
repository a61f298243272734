// Package chat lets people talk in rooms.
package chat

import (
	"fmt"
	"sync"
)

// backlog is how many lines somebody who joins gets to see.
const backlog = 25

// Hall is the set of all rooms.
type Hall struct {
	rooms map[string]*Room
}

// NewHall opens n rooms named topic0, topic1 and so on.
func NewHall(n int) *Hall {
	h := &Hall{rooms: make(map[string]*Room, n)}
	for i := 0; i < n; i++ {
		name := fmt.Sprintf("topic%d", i)
		h.rooms[name] = &Room{name: name, members: make(map[*Member]bool)}
	}
	return h
}

// Find returns the room of that name.
func (h *Hall) Find(name string) (*Room, bool) {
	room, ok := h.rooms[name]
	return room, ok
}

// Room is where members hear each other.
type Room struct {
	name string

	mu      sync.Mutex
	members map[*Member]bool
	recent  []string
}

func (r *Room) join(m *Member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members[m] = true
	if len(r.recent) > 0 {
		m.send(fmt.Sprintf("* %s was busy, last heard: %s", r.name, r.recent[len(r.recent)-1]))
	} else {
		m.send("* you are the first in " + r.name)
	}
}

func (r *Room) leave(m *Member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.members, m)
}

func (r *Room) say(m *Member, text string) {
	line := fmt.Sprintf("<%s> %s", m.nick, text)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.recent) == backlog {
		copy(r.recent, r.recent[1:])
		r.recent = r.recent[:backlog-1]
	}
	r.recent = append(r.recent, line)
	for member := range r.members {
		member.send(line)
	}
}
