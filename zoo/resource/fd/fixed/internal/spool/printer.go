package spool

import (
	"fmt"
	"path/filepath"
	"syscall"
)

// Print sends a document to the printer and returns the number of pages. Other
// processes that spool to the same folder are kept out meanwhile.
func (q *Queue) Print(document string, text []byte, copies int) (int, error) {
	lock, err := syscall.Open(q.lockPath(document), syscall.O_RDWR|syscall.O_CREAT|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return 0, fmt.Errorf("lock %s: %w", document, err)
	}
	defer syscall.Close(lock)
	if err := syscall.Flock(lock, syscall.LOCK_SH); err != nil {
		return 0, fmt.Errorf("lock %s: %w", document, err)
	}
	if q.wasPrinted(document) {
		q.account(document, 0)
		return 0, nil
	}
	pages := copies * (1 + len(text)/charactersPerPage)
	q.account(document, pages)
	return pages, nil
}

func (q *Queue) lockPath(document string) string {
	return filepath.Join(q.folder, filepath.Base(document)+".lock")
}
