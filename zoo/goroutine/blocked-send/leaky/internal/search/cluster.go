package search

import "context"

// Cluster is a set of replicas that all know the same documents.
type Cluster struct {
	replicas []*Replica
}

// NewCluster returns a cluster of the given replicas.
func NewCluster(replicas []*Replica) *Cluster {
	return &Cluster{replicas: replicas}
}

// First asks every replica and returns the answer that comes first.
func (c *Cluster) First(ctx context.Context, term string) (Result, error) {
	answers := make(chan Result)
	for _, replica := range c.replicas {
		go ask(replica, term, answers)
	}
	select {
	case result := <-answers:
		return result, nil
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
}

func ask(replica *Replica, term string, answers chan<- Result) {
	answers <- replica.Search(term)
}
