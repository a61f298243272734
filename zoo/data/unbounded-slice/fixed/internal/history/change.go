// Package history records who changed what.
package history

import (
	"fmt"
	"time"
)

// Change is one field of one document getting another value.
type Change struct {
	At       time.Time
	Document string
	Editor   string
	Field    string
	Summary  string
}

// Describe turns an edit into a Change that can be shown to people.
func Describe(document, editor, field, before, after string) Change {
	return Change{
		At:       time.Now(),
		Document: document,
		Editor:   editor,
		Field:    field,
		Summary:  summarize(field, before, after),
	}
}

func summarize(field, before, after string) string {
	if before == "" {
		return fmt.Sprintf("%s set to %q", field, after)
	}
	return fmt.Sprintf("%s changed from %q to %q", field, before, after)
}
