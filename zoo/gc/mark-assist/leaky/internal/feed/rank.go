package feed

import "sync"

const (
	readersPerGroup = 160
	frontPageSize   = 12
)

// Ranker computes front pages.
type Ranker struct {
	stock *Stock
	mu    sync.Mutex
	pages map[int][frontPageSize]int
}

// NewRanker ranks the articles of stock.
func NewRanker(stock *Stock) *Ranker {
	return &Ranker{stock: stock, pages: map[int][frontPageSize]int{}}
}

// RankGroup computes the front page of each reader of a group.
func (r *Ranker) RankGroup(group int) {
	readers := make(chan int)
	var wg sync.WaitGroup
	for worker := 0; worker < 4; worker++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for reader := range readers {
				page := r.frontPage(group + reader)
				r.mu.Lock()
				r.pages[reader] = page
				r.mu.Unlock()
			}
		}()
	}
	for reader := 0; reader < readersPerGroup; reader++ {
		readers <- reader
	}
	close(readers)
	wg.Wait()
}

// frontPage rotates the stock so that each reader begins elsewhere, and takes
// the best of what comes first.
func (r *Ranker) frontPage(reader int) [frontPageSize]int {
	order := r.rotate(reader * 977)
	var page [frontPageSize]int
	for slot := range page {
		part := order[slot*64 : (slot+1)*64]
		best := part[0]
		for _, article := range part[1:] {
			if score(reader, article) > score(reader, best) {
				best = article
			}
		}
		page[slot] = best.ID
	}
	return page
}

func (r *Ranker) rotate(by int) []*Article {
	articles := r.stock.Articles
	by %= len(articles)
	order := make([]*Article, 0, len(articles))
	order = append(order, articles[by:]...)
	return append(order, articles[:by]...)
}

func score(reader int, article *Article) float64 {
	sum := article.Recency
	for _, tag := range article.Tags {
		sum += tag.Weight * float64((reader*31+len(tag.Topic.Name)*17)%100) / 100
	}
	return sum
}
