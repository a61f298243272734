package catalogue

// Import reads a price list of so many lines and keeps the articles that the
// shop sells.
func (s *Shop) Import(lines int) {
	for number := 0; number < lines; number++ {
		article := parse(number)
		if !sells(article) {
			continue
		}
		s.mu.Lock()
		s.articles[number] = article
		s.mu.Unlock()
	}
}
