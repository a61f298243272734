// Command tree fills its heap with a search tree of small objects: no map, and no slice of more than 512 bytes. The
// first argument is how many keys it holds. It prints how many objects there are, and waits to be looked at.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

// Node is of the tree.
type Node struct {
	left, right *Node
	account     *Account
}

// Account is what a key leads to.
type Account struct {
	id    uint64
	name  string
	owner *Owner
	tags  []string
}

// Owner has several accounts.
type Owner struct {
	email string
	score float64
}

var (
	root  *Node
	stats runtime.MemStats
)

func insert(at *Node, account *Account) *Node {
	if at == nil {
		return &Node{account: account}
	}
	if account.id < at.account.id {
		at.left = insert(at.left, account)
	} else {
		at.right = insert(at.right, account)
	}
	return at
}

func main() {
	keys, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	var owner *Owner
	seed := uint64(1)
	for i := 0; i < keys; i++ {
		seed = seed*6364136223846793005 + 1442695040888963407
		if i%8 == 0 {
			owner = &Owner{email: fmt.Sprintf("owner%d@shop.test", i)}
		}
		account := &Account{id: seed, name: fmt.Sprintf("account %d", i), owner: owner}
		if i%4 == 0 {
			account.tags = []string{"new", account.name}
		}
		root = insert(root, account)
	}
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	fmt.Printf("{\"heapObjects\":%d}\n", stats.HeapObjects)
	for {
		time.Sleep(time.Hour)
	}
}
