package zoo

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

type place struct {
	File    string `json:"file"`
	Snippet string `json:"snippet"`
}

type expectation struct {
	ID      string  `json:"id"`
	Program string  `json:"program"`
	Pattern *string `json:"pattern"`
	// Behaviour says what a look-alike does; empty for the pairs.
	Behaviour string `json:"behaviour"`
	Function  string `json:"function"`
	place
	AlsoAcceptable []place `json:"alsoAcceptable"`
	// Also holds the further leaks of a mixed program.
	Also []struct {
		Pattern  string `json:"pattern"`
		Function string `json:"function"`
		place
		AlsoAcceptable []place `json:"alsoAcceptable"`
	} `json:"also"`
}

// places returns all lines that may be named.
func (e expectation) places() []place {
	all := append([]place{e.place}, e.AlsoAcceptable...)
	for _, other := range e.Also {
		all = append(append(all, other.place), other.AlsoAcceptable...)
	}
	return all
}

func readExpectations(t *testing.T) []expectation {
	t.Helper()
	var all []expectation
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != "expectations.json" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var some []expectation
		if err := json.Unmarshal(text, &some); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, some...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// programs returns the folders of all main packages.
func programs(t *testing.T) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == "main.go" {
			found = append(found, filepath.ToSlash(filepath.Dir(path)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestEveryProgramHasAnExpectation(t *testing.T) {
	var expected []string
	seen := make(map[string]bool)
	for _, e := range readExpectations(t) {
		// A program may be expected to behave differently under several toolchains.
		if !seen[e.Program] {
			expected = append(expected, e.Program)
		}
		seen[e.Program] = true
	}
	got := programs(t)
	sort.Strings(expected)
	sort.Strings(got)
	if strings.Join(got, "\n") != strings.Join(expected, "\n") {
		t.Errorf("main packages:\n%q\nexpectations.json:\n%q", got, expected)
	}
}

// Only a snippet that occurs once stands for a line.
func TestSnippetsNameOneLine(t *testing.T) {
	for _, e := range readExpectations(t) {
		if e.Pattern == nil || e.File == "" {
			continue
		}
		for _, p := range e.places() {
			text, err := os.ReadFile(p.File)
			if err != nil {
				t.Error(err)
				continue
			}
			if n := strings.Count(string(text), p.Snippet); n != 1 {
				t.Errorf("%s: %q occurs %d times, want once", p.File, p.Snippet, n)
			}
		}
	}
}

func TestLeakyProgramsHaveFunctionTwinAndPage(t *testing.T) {
	for _, e := range readExpectations(t) {
		if e.Pattern == nil {
			continue
		}
		if _, err := regexp.Compile(e.Function); err != nil || (e.Function == "") != (e.File == "") {
			t.Errorf("%s: function %q: %v", e.ID, e.Function, err)
		}
		paths := []string{"../docs/patterns/" + *e.Pattern + ".md"}
		if strings.HasPrefix(e.ID, "mixed/") {
			for _, other := range e.Also {
				if _, err := regexp.Compile(other.Function); err != nil {
					t.Errorf("%s: function %q: %v", e.ID, other.Function, err)
				}
				paths = append(paths, "../docs/patterns/"+other.Pattern+".md")
			}
		} else {
			paths = append(paths, e.ID+"/leaky/main.go", e.ID+"/fixed/main.go")
		}
		for _, path := range paths {
			if _, err := os.Stat(path); err != nil {
				t.Error(err)
			}
		}
	}
}

// A detector must not be able to tell the programs apart by what they say about
// themselves. Import paths hold the folder's name and are left out.
func TestSourcesDoNotGiveTheirExpectationAway(t *testing.T) {
	telling := regexp.MustCompile(`(?i)leak|\bbug\b|unbounded|retention|churn|harmless|look-?alike`)
	for _, program := range programs(t) {
		err := filepath.WalkDir(program, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for i, line := range strings.Split(string(text), "\n") {
				if !strings.Contains(line, `"zoo.gopatrol.dev/`) && telling.MatchString(line) {
					t.Errorf("%s:%d: %s", path, i+1, strings.TrimSpace(line))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
