// Command goroutine-dump parks goroutines in many states and stacks and writes
// the dump of all of them, as runtime.Stack prints it, to a file.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"runtime"
	"sync"
	"time"
)

type broker struct {
	mu    sync.Mutex
	topic map[string]chan []byte
}

//go:noinline
func (b *broker) publish(topic string, payload []byte, ack chan<- error) {
	b.deliver(topic, payload, 3, ack)
}

//go:noinline
func (b *broker) deliver(topic string, payload []byte, tries int, ack chan<- error) {
	if tries > 0 {
		b.deliver(topic, payload, tries-1, ack)
		return
	}
	b.topic[topic] <- payload
	ack <- nil
}

//go:noinline
func (b *broker) locked(id int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.topic[fmt.Sprint(id)] = nil
}

type node struct{ left, right *node }

//go:noinline
func (n *node) walk(depth int, visit func(*node, int)) {
	switch {
	case depth == 0:
		visit(n, depth)
	case depth%2 == 0:
		n.walk(depth-1, visit)
	default:
		n.walk(depth-1, visit)
	}
	runtime.KeepAlive(n)
}

func worker(id int, in <-chan int, stop <-chan struct{}) {
	for {
		select {
		case <-in:
		case <-stop:
			return
		}
	}
}

func main() {
	n := flag.Int("n", 200_000, "goroutines")
	out := flag.String("o", "dump.txt", "`file` to write")
	flag.Parse()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	b := &broker{topic: map[string]chan []byte{"orders": make(chan []byte)}}
	b.mu.Lock()
	var done sync.WaitGroup
	done.Add(1)
	in, stop := make(chan int), make(chan struct{})
	for i := 0; i < 50; i++ {
		go listener.Accept()
	}
	for i := 0; i < *n; i++ {
		switch i % 8 {
		case 0:
			go b.publish("orders", make([]byte, 8), make(chan error))
		case 1:
			go b.locked(i)
		case 2:
			go worker(i, in, stop)
		case 3, 4:
			go func(depth int) { (&node{}).walk(depth, func(*node, int) { <-in }) }(10 + i%40)
		case 5:
			go func() { done.Wait() }()
		case 6:
			go func(d time.Duration) { time.Sleep(d) }(time.Hour)
		case 7:
			go b.deliver("orders", nil, i%6, nil)
		}
	}
	time.Sleep(2 * time.Second)
	buf := make([]byte, 1<<30)
	buf = buf[:runtime.Stack(buf, true)]
	if err := os.WriteFile(*out, buf, 0o644); err != nil {
		log.Fatal(err)
	}
}
