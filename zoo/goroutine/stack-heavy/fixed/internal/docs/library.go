// Package docs keeps documents as chains of revisions.
package docs

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

const pause = 100 * time.Millisecond

// Library holds documents and refreshes their previews.
type Library struct {
	documents []*Document
}

// Open loads n documents with that many revisions each.
func Open(ctx context.Context, n, revisions int) *Library {
	l := &Library{}
	for i := 0; i < n; i++ {
		d := newDocument(i, revisions)
		l.documents = append(l.documents, d)
		go d.refresh(ctx)
	}
	return l
}

// Preview is the latest text of a document.
func (l *Library) Preview(n int) string {
	text, _ := l.documents[n%len(l.documents)].preview.Load().(string)
	return text
}

// Document is a chain of revisions, newest first.
type Document struct {
	head    *Revision
	preview atomic.Value
}

func newDocument(number, revisions int) *Document {
	d := &Document{}
	for i := 0; i < revisions; i++ {
		d.head = &Revision{Number: number + i, Author: uint32(number*31 + i), Previous: d.head}
	}
	return d
}

func (d *Document) refresh(ctx context.Context) {
	for ctx.Err() == nil {
		var text Text
		d.head.replay(&text)
		d.preview.Store(fmt.Sprintf("%d words, checksum %08x", text.words, text.sum))
		time.Sleep(pause)
	}
}
