// Package tiles serves map tiles from region files.
package tiles

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
)

const (
	tileBytes   = 1024
	tilesPerRow = 16
	regionBytes = tileBytes * tilesPerRow * tilesPerRow
)

// Atlas is a folder of region files.
type Atlas struct {
	folder  string
	regions int
}

// NewAtlas writes the region files.
func NewAtlas(folder string, regions int) (*Atlas, error) {
	data := make([]byte, regionBytes)
	for region := 0; region < regions; region++ {
		for i := range data {
			data[i] = byte(i>>8) ^ byte(region*31)
		}
		if err := os.WriteFile(regionPath(folder, region), data, 0o600); err != nil {
			return nil, err
		}
	}
	return &Atlas{folder: folder, regions: regions}, nil
}

// Routes registers the tile page.
func (a *Atlas) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/tile", a.tile)
}

func (a *Atlas) tile(w http.ResponseWriter, r *http.Request) {
	region, x, y := number(r, "region"), number(r, "x"), number(r, "y")
	if region < 0 || region >= a.regions || x < 0 || x >= tilesPerRow || y < 0 || y >= tilesPerRow {
		http.Error(w, "no such tile", http.StatusNotFound)
		return
	}
	sum, err := a.Checksum(region, x, y)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintf(w, "%08x\n", sum)
}

func number(r *http.Request, name string) int {
	n, err := strconv.Atoi(r.FormValue(name))
	if err != nil {
		return -1
	}
	return n
}

func regionPath(folder string, region int) string {
	return filepath.Join(folder, fmt.Sprintf("region-%d.bin", region))
}
