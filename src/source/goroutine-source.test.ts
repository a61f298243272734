import { describe, expect, it } from "vitest";
import { goSnippet } from "../../test/support/go-snippet.ts";
import { findBlockingStatement } from "./goroutine-source.ts";

interface Case {
  name: string;
  source: string;
  kind: string;
  channel?: string;
  channels?: string[];
  hasDoneCase?: boolean;
  /** Capacity of the make at the mark, "" for none. */
  capacity?: string;
  /** Marks of the other side, in order. */
  otherSide: string[];
}

const cases: Case[] = [
  {
    name: "send to a local channel from a literal, received in a select that may leave first",
    source: `
import ("context"; "time")
func ask(ctx context.Context, replicas []string) (string, error) {
	results := make(chan string) //@made
	for _, r := range replicas {
		go func(r string) {
			results <- query(r) //@0 main.ask.func1
		}(r)
	}
	select {
	case first := <-results: //@received
		return first, nil
	case <-time.After(time.Second):
		return "", ctx.Err()
	}
}
func query(r string) string { return r }`,
    kind: "send",
    channel: "results",
    capacity: "",
    otherSide: ["received"],
  },
  {
    name: "send in a function that takes the channel",
    source: `
func produce(out chan<- int, n int) {
	for i := 0; i < n; i++ {
		out <- i //@0 main.produce
	}
}
func run() int {
	ch := make(chan int, 8) //@made
	go produce(ch, 100)
	return <-ch //@received
}`,
    kind: "send",
    channel: "out",
    capacity: "8",
    otherSide: ["received"],
  },
  {
    name: "receive from a field, made in the constructor",
    source: `
type worker struct{ jobs chan func() }
func newWorker() *worker { return &worker{jobs: make(chan func(), queue)} } //@made
const queue = 16
func (w *worker) run() {
	for {
		job := <-w.jobs //@0 main.(*worker).run
		job()
	}
}
func (w *worker) submit(f func()) { w.jobs <- f } //@sent
func (w *worker) stop() { close(w.jobs) } //@closed`,
    kind: "receive",
    channel: "w.jobs",
    capacity: "queue",
    otherSide: ["sent", "closed"],
  },
  {
    name: "range over a channel that nobody closes",
    source: `
func importAll(rows []string) {
	ch := make(chan string) //@made
	for i := 0; i < 4; i++ {
		go func() {
			for row := range ch { //@0 main.importAll.func1
				println(row)
			}
		}()
	}
	for _, row := range rows {
		ch <- row //@sent
	}
}`,
    kind: "range",
    channel: "ch",
    capacity: "",
    otherSide: ["sent"],
  },
  {
    name: "range over a channel that a function returns",
    source: `
func numbers() <-chan int {
	out := make(chan int) //@made
	go func() {
		defer close(out) //@closed
		for i := 0; i < 3; i++ { out <- i } //@sent
	}()
	return out
}
func sum() (total int) {
	for n := range numbers() { //@0 main.sum
		total += n
	}
	return
}`,
    kind: "range",
    channel: "numbers()",
    capacity: "",
    otherSide: ["closed", "sent"],
  },
  {
    name: "select without a way out",
    source: `
type room struct{ in, out chan string }
func newRoom() *room {
	return &room{
		in:  make(chan string), //@made
		out: make(chan string, 4),
	}
}
func (r *room) loop() {
	for {
		select { //@0 main.(*room).loop
		case m := <-r.in:
			println(m)
		case r.out <- "tick":
		}
	}
}
func (r *room) say(m string) { r.in <- m } //@sent
func (r *room) hear() string { return <-r.out } //@received`,
    kind: "select",
    channels: ["r.in", "r.out"],
    hasDoneCase: false,
    capacity: "",
    otherSide: ["sent", "received"],
  },
  {
    name: "select with a context",
    source: `
import "context"
func pump(ctx context.Context, in <-chan int) {
	for {
		select { //@0 main.pump
		case <-ctx.Done():
			return
		case v, ok := <-in:
			println(v, ok)
		}
	}
}`,
    kind: "select",
    channels: ["ctx.Done()", "in"],
    hasDoneCase: true,
    otherSide: [],
  },
  {
    name: "select with a quit channel that somebody closes",
    source: `
type s struct{ quit chan struct{}; in chan int }
func (x *s) loop() {
	select { //@0 main.(*s).loop
	case <-x.quit:
	case <-x.in:
	}
}
func (x *s) Close() { close(x.quit) }`,
    kind: "select",
    channels: ["x.quit", "x.in"],
    hasDoneCase: true,
    otherSide: [],
  },
  {
    name: "a quit channel that nobody closes is no way out",
    source: `
type s struct{ quit chan struct{}; in chan int }
func (x *s) loop() {
	select { //@0 main.(*s).loop
	case <-x.quit:
	case <-x.in:
	}
}`,
    kind: "select",
    channels: ["x.quit", "x.in"],
    hasDoneCase: false,
    otherSide: [],
  },
  {
    name: "a select of one case is the operation itself",
    source: `
func f(c chan int) {
	select {
	case v := <-c: //@0 main.f
		println(v)
	}
}
func g() { c := make(chan int, 1); c <- 2; f(c) } //@made //@sent`,
    kind: "receive",
    channel: "c",
    capacity: "1",
    otherSide: ["sent"],
  },
  {
    name: "lock",
    source: `
import "sync"
type ledger struct{ mu sync.Mutex; n int }
func (l *ledger) book() {
	l.mu.Lock() //@0 main.(*ledger).book
	defer l.mu.Unlock()
	l.n++
}
func (l *ledger) check(n int) bool {
	l.mu.Lock() //@other
	if l.n < n {
		return false
	}
	l.mu.Unlock()
	return true
}`,
    kind: "lock",
    channel: "l.mu",
    otherSide: ["other"],
  },
  {
    name: "WaitGroup",
    source: `
import "sync"
func all(fs []func()) {
	var wg sync.WaitGroup
	for _, f := range fs {
		wg.Add(1)
		go func() {
			defer wg.Done() //@done
			f()
		}()
	}
	wg.Wait() //@0 main.all
}`,
    kind: "wait",
    channel: "wg",
    otherSide: ["done"],
  },
  {
    name: "sleep",
    source: `
import "time"
func tick() {
	for {
		time.Sleep(time.Hour) //@0 main.tick
	}
}`,
    kind: "sleep",
    otherSide: [],
  },
  {
    name: "a call into a library that blocks",
    source: `
import "net"
func serve(l net.Listener) {
	for {
		c, err := l.Accept() //@0 main.serve
		_, _ = c, err
	}
}`,
    kind: "call",
    otherSide: [],
  },
];

describe("findBlockingStatement", () => {
  it.each(cases)("$name", ({ source, kind, channel, channels, hasDoneCase, capacity, otherSide }) => {
    const { files, frames, marks } = goSnippet(source);
    const found = findBlockingStatement(files, frames[0]!);
    expect(found).toMatchObject({ kind, line: frames[0]!.line });
    expect(found!.channel).toBe(channel);
    expect(found!.channels).toEqual(channels);
    expect(found!.hasDoneCase).toBe(hasDoneCase);
    if (capacity === undefined) expect(found!.madeAt).toBeUndefined();
    else {
      expect(`${found!.madeAt?.file}:${found!.madeAt?.line}`).toBe(marks.get("made"));
      expect(found!.madeAt?.capacity ?? "").toBe(capacity);
    }
    expect(found!.otherSide.map(({ file, line }) => `${file}:${line}`)).toEqual(
      otherSide.map((mark) => marks.get(mark)),
    );
  });

  it("says nothing when the function at that line is another one", () => {
    const { files } = goSnippet("func g(c chan int) { <-c }");
    expect(findBlockingStatement(files, { function: "main.f", file: "main.go", line: 3 })).toBeUndefined();
  });
});
