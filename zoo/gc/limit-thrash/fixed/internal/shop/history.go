// Package shop remembers purchases.
package shop

import "fmt"

// Purchase is one thing bought; a customer's purchases are a list, newest first.
type Purchase struct {
	Article string
	Price   int
	Before  *Purchase
}

// History is the purchases of all customers.
type History struct {
	newest map[int]*Purchase
}

const perCustomer = 12

// Remember loads the history of n customers.
func Remember(n int) *History {
	h := &History{newest: make(map[int]*Purchase, n)}
	for customer := 0; customer < n; customer++ {
		for i := 0; i < perCustomer; i++ {
			h.newest[customer] = &Purchase{
				Article: fmt.Sprintf("article %d", (customer*31+i*17)%5000),
				Price:   customer % 700,
				Before:  h.newest[customer],
			}
		}
	}
	return h
}

// Suggestion is something to show, and why.
type Suggestion struct {
	Article string
	Because string
}

// Also returns what else a customer might want.
func (h *History) Also(customer int) []Suggestion {
	suggestions := make([]Suggestion, 0, 40*perCustomer)
	for step := 1; step <= 40; step++ {
		for p := h.newest[customer+step*101]; p != nil; p = p.Before {
			suggestions = append(suggestions, Suggestion{
				Article: p.Article,
				Because: fmt.Sprintf("bought for %d by one like you", p.Price),
			})
		}
	}
	return suggestions
}
