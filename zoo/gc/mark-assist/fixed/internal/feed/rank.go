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

// frontPage begins elsewhere in the stock for each reader, and takes the best of
// what comes first.
func (r *Ranker) frontPage(reader int) [frontPageSize]int {
	articles := r.stock.Articles
	from := reader * 977
	var page [frontPageSize]int
	for slot := range page {
		best := articles[(from+slot*64)%len(articles)]
		for i := 1; i < 64; i++ {
			article := articles[(from+slot*64+i)%len(articles)]
			if score(reader, article) > score(reader, best) {
				best = article
			}
		}
		page[slot] = best.ID
	}
	return page
}

func score(reader int, article *Article) float64 {
	sum := article.Recency
	for _, tag := range article.Tags {
		sum += tag.Weight * float64((reader*31+len(tag.Topic.Name)*17)%100) / 100
	}
	return sum
}
