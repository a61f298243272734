// Package catalogue knows what the shop sells.
package catalogue

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
)

// Article is one line of the supplier's price list.
type Article struct {
	Number int
	Title  string
	Text   []byte
	Cents  int
}

// Shop finds articles by number.
type Shop struct {
	mu       sync.RWMutex
	articles map[int]*Article
}

// NewShop returns a shop that sells nothing yet.
func NewShop() *Shop { return &Shop{articles: make(map[int]*Article)} }

// Routes registers the article page.
func (s *Shop) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/article", func(w http.ResponseWriter, r *http.Request) {
		number, err := strconv.Atoi(r.FormValue("number"))
		if err != nil {
			http.Error(w, "number is not a number", http.StatusBadRequest)
			return
		}
		s.mu.RLock()
		article := s.articles[number]
		s.mu.RUnlock()
		if article == nil {
			fmt.Fprintln(w, "not sold here")
			return
		}
		fmt.Fprintf(w, "%s costs %d cents\n", article.Title, article.Cents)
	})
}

func parse(number int) *Article {
	article := &Article{Number: number, Title: fmt.Sprintf("article %06d", number), Cents: 100 + number%900}
	article.Text = make([]byte, 320)
	copy(article.Text, "A good article at a good price.")
	return article
}

func sells(article *Article) bool { return article.Number%50 == 0 }
