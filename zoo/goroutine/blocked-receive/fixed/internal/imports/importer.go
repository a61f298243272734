package imports

import (
	"io"
	"net/mail"
	"sync"
)

// savers is how many rows of one file are checked and saved at the same time.
const savers = 4

// Import saves the rows of a file and returns how many there were.
func Import(book *Book, file io.Reader) (int, error) {
	rows := make(chan Row)
	var saved sync.WaitGroup
	for i := 0; i < savers; i++ {
		saved.Add(1)
		go func() {
			defer saved.Done()
			saveRows(book, rows)
		}()
	}

	count := 0
	err := readRows(file, func(row Row) {
		rows <- row
		count++
	})
	close(rows)
	saved.Wait()
	return count, err
}

func saveRows(book *Book, rows <-chan Row) {
	for row := range rows {
		if _, err := mail.ParseAddress(row.Mail); err != nil {
			row.Mail = ""
		}
		book.Save(row)
	}
}
