// Package prices knows what things cost.
package prices

import "fmt"

// Article is something sold.
type Article struct {
	Name     string
	Price    float64
	Currency string
	Tags     []string
}

// Catalogue holds the articles by shop.
type Catalogue struct {
	shops map[int][]*Article
}

const shopCount = 300

// Load makes a catalogue of n articles.
func Load(n int) *Catalogue {
	c := &Catalogue{shops: make(map[int][]*Article, shopCount)}
	for i := 0; i < n; i++ {
		shop := i % shopCount
		c.shops[shop] = append(c.shops[shop], &Article{
			Name:     fmt.Sprintf("Article %06d", i),
			Price:    float64(i%9973) / 7,
			Currency: "EUR",
			Tags:     []string{"new", fmt.Sprint("group ", i%37)},
		})
	}
	return c
}

// OfShop returns the articles of one shop, cheapest first for large ones.
func (c *Catalogue) OfShop(shop int) []*Article {
	return append([]*Article(nil), c.shops[shop]...)
}
