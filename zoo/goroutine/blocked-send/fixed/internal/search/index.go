// Package search finds documents.
package search

import (
	"fmt"
	"strings"
)

// Index maps terms to the documents that hold them.
type Index struct {
	titles   []string
	postings map[string][]int32
}

// BuildIndex indexes n documents.
func BuildIndex(n int) *Index {
	ix := &Index{titles: make([]string, n), postings: make(map[string][]int32)}
	for doc := range ix.titles {
		words := []string{
			fmt.Sprintf("term%d", doc%700),
			fmt.Sprintf("term%d", doc*13%700),
			fmt.Sprintf("topic%d", doc%31),
		}
		ix.titles[doc] = fmt.Sprintf("Document %d on %s", doc, strings.Join(words, ", "))
		for _, word := range words {
			ix.postings[word] = append(ix.postings[word], int32(doc))
		}
	}
	return ix
}

// Lookup returns the titles of up to limit documents that hold term.
func (ix *Index) Lookup(term string, limit int) []string {
	docs := ix.postings[term]
	if len(docs) > limit {
		docs = docs[:limit]
	}
	titles := make([]string, len(docs))
	for i, doc := range docs {
		titles[i] = ix.titles[doc]
	}
	return titles
}
