package digest

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNoArticles is returned for a feed that has published nothing.
var ErrNoArticles = errors.New("digest: no articles")

// Feed is one source of articles.
type Feed struct {
	name     string
	articles []string
}

func newFeed(name string, n int) *Feed {
	f := &Feed{name: name}
	for i := 0; i < n; i++ {
		f.articles = append(f.articles, strings.Repeat(fmt.Sprintf("%s article %d. ", name, i), 12))
	}
	return f
}

// Pick returns the article of the day for a reader.
func (f *Feed) Pick(reader int) (string, error) {
	time.Sleep(time.Duration(2+reader%5) * time.Millisecond)
	if len(f.articles) == 0 {
		return "", fmt.Errorf("%w in %s", ErrNoArticles, f.name)
	}
	return f.articles[reader%len(f.articles)], nil
}
