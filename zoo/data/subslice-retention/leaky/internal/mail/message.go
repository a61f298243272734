// Package mail reads messages and remembers which ones were delivered.
package mail

import (
	"errors"
	"strings"
)

// Message is a mail as it came in.
type Message struct {
	ID      string
	From    string
	To      string
	Subject string
	Text    string
}

var errNoHeader = errors.New("mail: no empty line after the header")

// Parse splits a raw message into its header fields and text.
func Parse(raw []byte) (*Message, error) {
	source := string(raw)
	header, text, ok := strings.Cut(source, "\r\n\r\n")
	if !ok {
		return nil, errNoHeader
	}
	return &Message{
		ID:      strings.Trim(field(header, "Message-Id"), "<>"),
		From:    field(header, "From"),
		To:      field(header, "To"),
		Subject: field(header, "Subject"),
		Text:    text,
	}, nil
}

// field returns the value of a header line, empty where there is none.
func field(header, name string) string {
	for header != "" {
		var line string
		line, header, _ = strings.Cut(header, "\r\n")
		key, value, ok := strings.Cut(line, ":")
		if ok && strings.EqualFold(key, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
