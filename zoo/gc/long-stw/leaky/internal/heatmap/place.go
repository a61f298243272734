package heatmap

import (
	"fmt"
	"strconv"
)

// Streets lists the addresses around a cell.
func Streets(near string) []string {
	cell, err := strconv.Atoi(near)
	if err != nil {
		return nil
	}
	streets := make([]string, 0, 1500)
	for i := 0; i < 1500; i++ {
		streets = append(streets, fmt.Sprintf("%d, street %d of district %d", cell%97+i, (cell+i)/4096, cell/Cells))
	}
	return streets
}
