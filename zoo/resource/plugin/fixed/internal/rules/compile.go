package rules

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// rule is a discount as it is written down.
type rule struct {
	Percent int `json:"percent"`
}

func (r rule) discount(cents int) int { return cents * (100 - r.Percent) / 100 }

// Change writes a rule down and puts it in force.
func (b *Book) Change(percent int) error {
	b.mu.Lock()
	b.version++
	version := b.version
	b.mu.Unlock()
	path := filepath.Join(b.folder, fmt.Sprintf("rule%04d.json", version))
	text, err := json.Marshal(rule{Percent: percent})
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return err
	}
	discount, err := load(path)
	if err != nil {
		return err
	}
	b.mu.Lock()
	b.discount = discount
	b.mu.Unlock()
	return nil
}

func load(path string) (func(int) int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var r rule
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, err
	}
	return r.discount, nil
}
