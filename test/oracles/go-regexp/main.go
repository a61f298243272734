// Command go-regexp matches regular expressions with Go's regexp package, to compare ours with. It reads a JSON array
// [expression, text...] a line and answers each with a line: "-" if the expression is refused, else 1 or 0 for each text.
package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"
	"regexp"
)

func main() {
	log.SetFlags(0)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		var words []string
		if err := json.Unmarshal(in.Bytes(), &words); err != nil {
			log.Fatal(err)
		}
		out.WriteString(answer(words[0], words[1:]))
		out.WriteByte('\n')
	}
	if err := in.Err(); err != nil {
		log.Fatal(err)
	}
}

func answer(expression string, texts []string) string {
	compiled, err := regexp.Compile(expression)
	if err != nil {
		return "-"
	}
	matches := make([]byte, len(texts))
	for i, text := range texts {
		matches[i] = '0'
		if compiled.MatchString(text) {
			matches[i] = '1'
		}
	}
	return string(matches)
}
