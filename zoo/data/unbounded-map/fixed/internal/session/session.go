// Package session remembers who is signed in.
package session

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"time"
)

// Line is one product in a basket.
type Line struct {
	SKU      int
	Name     string
	Quantity int
	Cents    int64
}

// Session is the state of one signed-in visitor.
type Session struct {
	ID      string
	User    string
	CSRF    string
	Expires time.Time
	Basket  []Line
	// Profile is the visitor's page header, rendered once at sign-in.
	Profile []byte
}

func newSession(user string, expires time.Time) *Session {
	return &Session{
		ID:      newID(),
		User:    user,
		CSRF:    newToken(),
		Expires: expires,
		Basket:  make([]Line, 0, 16),
		Profile: renderProfile(user),
	}
}

func newID() string {
	var raw [16]byte
	rand.Read(raw[:])
	return hex.EncodeToString(raw[:])
}

func newToken() string {
	raw := make([]byte, 96)
	rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func (s *Session) expired(now time.Time) bool { return now.After(s.Expires) }
