// Package catalog knows the products and caches their rendered pages.
package catalog

import (
	"fmt"
	"strings"
	"sync"
)

// Product is one article of the shop.
type Product struct {
	SKU   int
	Name  string
	Cents int64
}

// Catalog is the full list of products.
type Catalog struct {
	products []Product

	mu    sync.Mutex
	pages map[int]string
	order []int
}

// maxPages bounds the page cache; the oldest page makes room.
const maxPages = 500

// Open loads a catalogue of n products.
func Open(n int) *Catalog {
	c := &Catalog{products: make([]Product, n), pages: make(map[int]string, maxPages)}
	for i := range c.products {
		c.products[i] = Product{SKU: i, Name: fmt.Sprintf("Article %05d", i), Cents: int64(199 + i*7%9000)}
	}
	return c
}

// Find returns a product; numbers wrap around.
func (c *Catalog) Find(sku int) Product {
	return c.products[sku%len(c.products)]
}

// Page returns the rendered description of a product.
func (c *Catalog) Page(p Product) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if page, ok := c.pages[p.SKU]; ok {
		return page
	}
	if len(c.order) == maxPages {
		delete(c.pages, c.order[0])
		copy(c.order, c.order[1:])
		c.order = c.order[:maxPages-1]
	}
	page := render(p)
	c.pages[p.SKU] = page
	c.order = append(c.order, p.SKU)
	return page
}

func render(p Product) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<h2>%s</h2><p>%d.%02d</p><table>", p.Name, p.Cents/100, p.Cents%100)
	for row := 0; row < 12; row++ {
		fmt.Fprintf(&b, "<tr><td>property %d</td><td>value %d of %s</td></tr>", row, row*p.SKU, p.Name)
	}
	b.WriteString("</table>")
	return b.String()
}
