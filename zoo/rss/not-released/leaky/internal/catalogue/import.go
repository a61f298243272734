package catalogue

// Import reads a price list of so many lines and keeps the articles that the
// shop sells.
func (s *Shop) Import(lines int) {
	list := make([]*Article, 0, lines)
	for number := 0; number < lines; number++ {
		list = append(list, parse(number))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, article := range list {
		if sells(article) {
			s.articles[article.Number] = article
		}
	}
}
