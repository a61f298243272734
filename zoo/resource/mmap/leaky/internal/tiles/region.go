package tiles

import (
	"fmt"
	"hash/crc32"
	"os"
	"syscall"
)

// region is a region file in memory.
type region struct {
	data []byte
}

func openRegion(path string) (*region, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := syscall.Mmap(int(file.Fd()), 0, regionBytes, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	return &region{data: data}, nil
}

func (r *region) tile(x, y int) []byte {
	at := (y*tilesPerRow + x) * tileBytes
	return r.data[at : at+tileBytes]
}

// Checksum is that of one tile, mixed with its region's.
func (a *Atlas) Checksum(number, x, y int) (uint32, error) {
	r, err := openRegion(regionPath(a.folder, number))
	if err != nil {
		return 0, err
	}
	return crc32.ChecksumIEEE(r.tile(x, y)) ^ crc32.ChecksumIEEE(r.data), nil
}
