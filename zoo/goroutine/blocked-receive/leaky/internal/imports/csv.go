package imports

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// readRows hands every row of a file to emit.
func readRows(file io.Reader, emit func(Row)) error {
	lines := bufio.NewScanner(file)
	for number := 1; lines.Scan(); number++ {
		if number == 1 {
			continue // column names
		}
		columns := strings.Split(lines.Text(), ",")
		if len(columns) != 3 {
			return fmt.Errorf("line %d has %d columns, want 3", number, len(columns))
		}
		emit(Row{Name: columns[0], Mail: columns[1], City: columns[2]})
	}
	return lines.Err()
}
