import { describe, expect, it } from "vitest";
import { goSnippet } from "../../test/support/go-snippet.ts";
import type { RetainedStore } from "./retained-store.ts";
import { traceRetention } from "./retention-path.ts";

function storeOf(source: string): RetainedStore {
  const { files, frames } = goSnippet(source);
  const found = traceRetention(files, frames);
  expect(found, "no store found").toBeDefined();
  return found!.store;
}

describe("keys that should be normalised", () => {
  const cases: [name: string, kind: string | undefined, source: string][] = [
    [
      "a raw path counts as one",
      "url",
      `
type stats struct{ hits map[string]int }
func (s *stats) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.hits[r.Method+" "+r.URL.Path]++ //@0 main.(*stats).ServeHTTP
}`,
    ],
    [
      "host and port of a peer, through a helper and a method",
      "address",
      `
type limiter struct{ seen map[string]*bucket }
type bucket struct{ n int }
func clientOf(r *http.Request) string { return r.RemoteAddr }
func (l *limiter) allow(key string) bool {
	b, ok := l.seen[key]
	if !ok {
		b = &bucket{} //@0 main.(*limiter).allow
		l.seen[key] = b
	}
	return b.n < 5
}
func handle(l *limiter, r *http.Request) { l.allow(clientOf(r)) } //@1 main.handle`,
    ],
    [
      "a host without its port",
      undefined,
      `
type limiter struct{ seen map[string]*bucket }
type bucket struct{ n int }
func handle(l *limiter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	l.seen[host] = &bucket{} //@0 main.handle
}`,
    ],
    [
      "a connection under its own address",
      undefined,
      `
type hub struct{ conns map[string]net.Conn }
func (h *hub) add(c net.Conn) {
	h.conns[c.RemoteAddr().String()] = c //@0 main.(*hub).add
}`,
    ],
    [
      "a session under its random id",
      undefined,
      `
type store struct{ sessions map[string]*session }
type session struct{ id string }
func newID() string { return uuid.NewString() }
func (s *store) open() {
	sess := &session{id: newID()} //@0 main.(*store).open
	s.sessions[sess.id] = sess
}`.replace(/^/, 'package main\nimport "github.com/google/uuid"\n'),
    ],
    [
      "a random id beside something else",
      "random",
      `
type agg struct{ rows map[string]*row }
type row struct{ n int }
func (a *agg) add(route string) {
	key := fmt.Sprintf("%s/%s", route, uuid.NewString())
	a.rows[key] = &row{} //@0 main.(*agg).add
}`.replace(/^/, 'package main\nimport "fmt"\nimport "github.com/google/uuid"\n'),
    ],
    [
      "a moment in the key",
      "timestamp",
      `
type agg struct{ rows map[string]*row }
type row struct{ n int }
func (a *agg) add(route string) {
	key := route + "@" + time.Now().Format(time.RFC3339)
	a.rows[key] = &row{} //@0 main.(*agg).add
}`.replace(/^/, 'package main\nimport "time"\n'),
    ],
    [
      "the text of an error",
      "error-text",
      `
type counts struct{ byError map[string]int }
func (c *counts) fail(err error) {
	c.byError[err.Error()]++
}
func run(c *counts, n int) {
	c.fail(fmt.Errorf("order %d is not known", n)) //@0 main.run
}`.replace(/^/, 'package main\nimport "fmt"\n'),
    ],
    [
      "a struct as the key, one field of it the agent",
      "user-agent",
      `
type key struct{ route, agent string }
type agg struct{ rows map[key]int }
func (a *agg) add(r *http.Request) {
	a.rows[key{route: "x", agent: r.UserAgent()}]++ //@0 main.(*agg).add
}`,
    ],
    [
      "labels of a metric",
      "url",
      `
var requests = promauto.NewCounterVec(prometheus.CounterOpts{Name: "r"}, []string{"method", "path"})
func handle(w http.ResponseWriter, r *http.Request) {
	requests.WithLabelValues(r.Method, r.URL.Path).Inc() //@0 main.handle
}`,
    ],
    [
      "labels of a metric from a closed set",
      undefined,
      `
var requests = promauto.NewCounterVec(prometheus.CounterOpts{Name: "r"}, []string{"method", "path"})
func handle(route string, r *http.Request) {
	requests.WithLabelValues(r.Method, route).Inc() //@0 main.handle
}`,
    ],
    [
      "a name from the database",
      undefined,
      `
type cache struct{ users map[string]*user }
type user struct{ name string }
func (c *cache) load(name string) { c.users[name] = &user{name: name} } //@0 main.(*cache).load`,
    ],
  ];
  it.each(cases)("%s: %s", (_, kind, source) => {
    const withImports = source.startsWith("package")
      ? source
      : `package main\nimport ("net/http"; "net")\n${source}`;
    expect(storeOf(withImports).avoidableKey?.part.kind).toBe(kind);
  });
});

describe("listeners", () => {
  const cases: [name: string, listens: boolean, source: string][] = [
    [
      "functions in a slice",
      true,
      `
type Bus struct{ handlers []func(string) }
func (b *Bus) Add(buf []byte) {
	b.handlers = append(b.handlers, func(s string) { use(buf, s) }) //@0 main.(*Bus).Add
}`,
    ],
    [
      "what a callback captured, two calls away, in a map of slices",
      true,
      `
type Handler func(string)
type Bus struct{ handlers map[string][]Handler }
func (b *Bus) On(topic string, h Handler) {
	b.handlers[topic] = append(b.handlers[topic], h)
}
func watch(b *Bus, n int) {
	buf := make([]byte, n) //@0 main.watch
	b.On("x", func(s string) { use(buf, s) })
}`,
    ],
    [
      "objects that observe",
      true,
      `
type Observer interface{ Notify(string) }
type Subject struct{ observers []Observer }
type panel struct{ buf [512]byte }
func (p *panel) Notify(s string) {}
func (s *Subject) Attach(o Observer) { s.observers = append(s.observers, o) }
func open(s *Subject) {
	p := &panel{} //@0 main.open
	s.Attach(p)
}`,
    ],
    [
      "subscriptions that hold a function",
      true,
      `
type subscription struct{ id int; fn func(string) }
type Bus struct{ subs map[int]*subscription }
func (b *Bus) Subscribe(fn func(string)) {
	sub := &subscription{fn: fn} //@0 main.(*Bus).Subscribe
	b.subs[sub.id] = sub
}`,
    ],
    [
      "a set of channels that somebody subscribed with",
      true,
      `
type hub struct{ subs map[chan string]struct{} }
func (h *hub) Subscribe() <-chan string {
	ch := make(chan string, 64) //@0 main.(*hub).Subscribe
	h.subs[ch] = struct{}{}
	return ch
}`,
    ],
    [
      "sessions that hold a function are sessions",
      false,
      `
type session struct{ id string; cancel func() }
type store struct{ sessions map[string]*session }
func (s *store) Open(id string, cancel func()) {
	s.sessions[id] = &session{id: id, cancel: cancel} //@0 main.(*store).Open
}`,
    ],
    [
      "jobs in a queue are no listeners",
      false,
      `
type queue struct{ jobs []func() }
func (q *queue) Submit(buf []byte) {
	q.jobs = append(q.jobs, func() { use(buf) }) //@0 main.(*queue).Submit
}
func (q *queue) Next() func() {
	job := q.jobs[0]
	q.jobs = q.jobs[1:]
	return job
}`,
    ],
  ];
  it.each(cases)("%s: %s", (_, listens, source) => {
    expect(storeOf(source).registersListener).toBe(listens);
  });
});

describe("channels", () => {
  it("are described by where they are made and read", () => {
    const { channel } = storeOf(`
const backlog = 1 << 16
type Event struct{ data []byte }
type Sink struct{ events chan *Event }
func New() *Sink { return &Sink{events: make(chan *Event, backlog)} }
func (s *Sink) Publish(n int) {
	s.events <- &Event{data: make([]byte, n)} //@0 main.(*Sink).Publish
}
func (s *Sink) run() {
	for e := range s.events { use(e) }
}`);
    expect(channel).toMatchObject({
      capacity: 65536,
      madeAt: { text: "make(chan *Event, backlog)" },
      receives: [{ function: "(*Sink).run" }],
    });
  });
});

describe("a value that goes through a channel", () => {
  it("is kept by its reader, if that keeps it", () => {
    const store = storeOf(`
type Event struct{ id string; data []byte }
type Sink struct{ events chan *Event; seen map[string]*Event }
func (s *Sink) Publish(n int) {
	s.events <- &Event{data: make([]byte, n)} //@0 main.(*Sink).Publish
}
func (s *Sink) run() {
	for e := range s.events { s.handle(e) }
}
func (s *Sink) handle(e *Event) { s.seen[e.id] = e }`);
    expect(store).toMatchObject({ kind: "map-assign", owner: "Sink.seen", removals: [] });
  });
});

describe("interfaces", () => {
  it("of another package lead to the type that implements them, wherever it is", () => {
    const store = storeOf(`-- go.mod --
module example.com/shop
-- web/web.go --
package web

type Keeper interface {
	Keep(id string, data []byte)
	Len() int
}
type Handler struct{ keeper Keeper }

func (h *Handler) Serve(id string) {
	h.keeper.Keep(id, make([]byte, 512)) //@0 example.com/shop/web.(*Handler).Serve
}
-- memory/memory.go --
package memory

type Store struct{ all map[string][]byte }

func (s *Store) Keep(id string, data []byte) { s.all[id] = data }
func (s *Store) Len() int                    { return len(s.all) }
-- other/other.go --
package other

type Dropper struct{ last map[string][]byte }

func (d *Dropper) Keep(id string, data []byte) { d.last[id] = data }
`);
    expect(store).toMatchObject({ owner: "Store.all", file: "memory/memory.go" });
  });
});
