// Package feed ranks articles for readers.
package feed

import (
	"fmt"
	"strings"
)

// Tag is a topic with the weight that it has for an article.
type Tag struct {
	Topic  *Topic
	Weight float64
}

// Topic is shared by all articles about it.
type Topic struct {
	Name   string
	Parent *Topic
}

// Article is what the site can show.
type Article struct {
	ID       int
	Title    *string
	Tags     []*Tag
	Related  []*Article
	Recency  float64
	Comments []*string
}

// Stock is every article that is online.
type Stock struct {
	Articles []*Article
	Topics   []*Topic
}

// NewStock loads count articles.
func NewStock(count int) *Stock {
	stock := &Stock{}
	for i := 0; i < 200; i++ {
		topic := &Topic{Name: fmt.Sprintf("topic-%d", i)}
		if i > 10 {
			topic.Parent = stock.Topics[i%10]
		}
		stock.Topics = append(stock.Topics, topic)
	}
	for i := 0; i < count; i++ {
		title := fmt.Sprintf("article %d about %s", i, stock.Topics[i%200].Name)
		article := &Article{ID: i, Title: &title, Recency: 1 / float64(1+i%1000)}
		for t := 0; t < 4; t++ {
			tag := &Tag{Topic: stock.Topics[(i*7+t*31)%200], Weight: float64(t+1) / 4}
			article.Tags = append(article.Tags, tag)
		}
		for c := 0; c < 3; c++ {
			comment := fmt.Sprintf("comment %d on %d", c, i)
			article.Comments = append(article.Comments, &comment)
		}
		if i > 8 {
			article.Related = []*Article{stock.Articles[i/2], stock.Articles[i/3], stock.Articles[i-1]}
		}
		stock.Articles = append(stock.Articles, article)
	}
	return stock
}

// GroupName gives the name of the group of readers whose turn it is.
func GroupName(n int) string {
	return strings.Repeat("r", 1+n%16)
}
