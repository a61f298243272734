// Package invoices prints invoices.
package invoices

import "fmt"

// Article is an entry of the price list.
type Article struct {
	Number      int
	Name        string
	Description string
	Cents       int64
}

// LoadPrices returns a price list of n articles.
func LoadPrices(n int) []*Article {
	prices := make([]*Article, n)
	for i := range prices {
		prices[i] = &Article{
			Number:      i,
			Name:        fmt.Sprintf("Article %d", i),
			Description: fmt.Sprintf("Article %d of the spring catalogue, made in plant %d. %s", i, i%12, terms),
			Cents:       int64(99 + i%100*50),
		}
	}
	return prices
}

const terms = "Delivered within five working days; can be returned within thirty days if unused and in its box."
