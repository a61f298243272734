package search

import "strconv"

type article struct {
	number int
	seed   int
}

// hit is a place where a word stands.
type hit struct {
	article  int
	position int
}

// index tells where each word stands.
type index map[string][]hit

const (
	wordsPerArticle = 160
	vocabulary      = 4000
)

func build(articles []article) index {
	made := make(index, vocabulary)
	for _, a := range articles {
		for position := 0; position < wordsPerArticle; position++ {
			word := "w" + strconv.Itoa((a.seed+position*position*31)%vocabulary)
			made[word] = append(made[word], hit{article: a.number, position: position})
		}
	}
	return made
}
