package search

import (
	"math/rand"
	"time"
)

// Result is the answer of one replica.
type Result struct {
	Replica string
	Titles  []string
	Took    time.Duration
}

// Replica is one copy of the index with its typical delay.
type Replica struct {
	name  string
	index *Index
	delay time.Duration
}

// NewReplica returns a replica that answers after about delay.
func NewReplica(name string, index *Index, delay time.Duration) *Replica {
	return &Replica{name: name, index: index, delay: delay}
}

// Search answers a query.
func (r *Replica) Search(term string) Result {
	began := time.Now()
	time.Sleep(r.delay/2 + time.Duration(rand.Int63n(int64(r.delay))))
	return Result{Replica: r.name, Titles: r.index.Lookup(term, 50), Took: time.Since(began)}
}
