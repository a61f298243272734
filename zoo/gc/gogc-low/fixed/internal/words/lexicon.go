// Package words holds the lexicon.
package words

// node is one letter of one or more words.
type node struct {
	children map[byte]*node
	uses     int
	word     string
}

// Lexicon finds words by their first letters.
type Lexicon struct {
	root *node
}

// Build makes a lexicon of n words.
func Build(n int) *Lexicon {
	lexicon := &Lexicon{root: &node{children: map[byte]*node{}}}
	for i := 0; i < n; i++ {
		lexicon.add(Spell(i * 7919))
	}
	return lexicon
}

func (l *Lexicon) add(word string) {
	at := l.root
	for i := 0; i < len(word); i++ {
		next, ok := at.children[word[i]]
		if !ok {
			next = &node{children: map[byte]*node{}}
			at.children[word[i]] = next
		}
		next.uses++
		at = next
	}
	at.word = word
}

// Complete returns at most limit words that begin with prefix.
func (l *Lexicon) Complete(prefix string, limit int) []string {
	at := l.root
	for i := 0; i < len(prefix); i++ {
		next, ok := at.children[prefix[i]]
		if !ok {
			return nil
		}
		at = next
	}
	var found []string
	at.collect(&found, limit)
	return found
}

func (n *node) collect(found *[]string, limit int) {
	if n.word != "" {
		*found = append(*found, n.word)
	}
	for _, child := range n.children {
		if len(*found) >= limit {
			return
		}
		child.collect(found, limit)
	}
}
