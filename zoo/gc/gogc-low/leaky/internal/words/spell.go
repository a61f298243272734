package words

var syllables = []string{"ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu", "za"}

// Spell returns the word with a number.
func Spell(n int) string {
	word := ""
	for i := 0; i < 5; i++ {
		word += syllables[n%len(syllables)]
		n /= len(syllables)
	}
	return word
}
