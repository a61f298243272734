import { describe, expect, it } from "vitest";
import { goSnippet } from "../../test/support/go-snippet.ts";
import { traceRetention } from "./retention-path.ts";

interface Case {
  name: string;
  source: string;
  /** kind, target, lifetime and "subslice" as they come. */
  store: string;
  targetType?: string;
  owner?: string;
  removals?: string[];
}

const cases: Case[] = [
  {
    name: "a struct goes through a local variable into a map of the receiver",
    source: `
type Store struct{ sessions map[string]*Session }
type Session struct{ id string; buf []byte }
func (s *Store) Open(id string) {
	sess := &Session{id: id} //@0 main.(*Store).Open
	sess.buf = make([]byte, 64)
	s.sessions[id] = sess //@store
}`,
    store: "map-assign s.sessions long",
    targetType: "map[string]*Session",
    owner: "Store.sessions",
    removals: [],
  },
  {
    name: "a buffer in a field of that struct",
    source: `
type Store struct{ sessions map[string]*Session }
type Session struct{ id string; buf []byte }
func (s *Store) Open(id string) {
	sess := &Session{id: id}
	sess.buf = make([]byte, 64) //@0 main.(*Store).Open
	s.sessions[id] = sess //@store
}`,
    store: "map-assign s.sessions long",
  },
  {
    name: "a buffer of a struct that was kept before",
    source: `
type Store struct{ sessions map[string]*Session }
type Session struct{ id string; buf []byte }
func (s *Store) Open(id string) {
	sess, ok := s.sessions[id]
	if !ok {
		sess = &Session{id: id}
		s.sessions[id] = sess //@store
	}
	sess.buf = make([]byte, 64) //@0 main.(*Store).Open
}`,
    store: "map-assign s.sessions long",
  },
  {
    name: "a field of the object that a call returned: what the callee did with it",
    source: `
type reg struct{ all []*conn }
type conn struct{ in []byte }
func (r *reg) dial() *conn {
	c := &conn{}
	r.all = append(r.all, c) //@store
	return c
}
func serve(r *reg) {
	c := r.dial()
	c.in = make([]byte, 4096) //@0 main.serve
}`,
    store: "append r.all long",
  },
  {
    name: "append to a field, with the element allocated inside the call",
    source: `
type Event struct{ name string; data []byte }
type History struct{ events []Event }
func (h *History) Add(name string, n int) {
	h.events = append(h.events, Event{name: name, data: make([]byte, n)}) //@0 main.(*History).Add //@store
}
func (h *History) Last(n int) []Event { return h.events[len(h.events)-n:] }`,
    store: "append h.events long",
    targetType: "[]Event",
    removals: [],
  },
  {
    name: "returned by a constructor and kept by the caller",
    source: `
type Conn struct{ in [4096]byte }
var pool = map[int]*Conn{}
func dial(id int) (*Conn, error) {
	c := new(Conn) //@0 main.dial
	return c, nil
}
func serve(id int) {
	c, err := dial(id) //@1 main.serve
	if err != nil { return }
	pool[id] = c //@store
}`,
    store: "map-assign pool package",
    targetType: "map[int]*Conn",
    owner: "pool",
  },
  {
    name: "over two files: returned, wrapped, passed to a method in another package",
    source: `-- go.mod --
module example.com/shop
-- web/handler.go --
package web

import "example.com/shop/cart"

type Shop struct{ carts *cart.Store }

func (s *Shop) Add(id string, n int) {
	item := newItem(n) //@1 example.com/shop/web.(*Shop).Add
	s.carts.Put(id, item)
}

func newItem(n int) *cart.Item {
	return &cart.Item{Data: make([]byte, n)} //@0 example.com/shop/web.newItem
}
-- cart/store.go --
package cart

type Item struct{ Data []byte }

type Store struct{ carts map[string][]*Item }

func (s *Store) Put(id string, item *Item) {
	s.carts[id] = append(s.carts[id], item) //@store
}
-- cart/clean.go --
package cart

func (st *Store) Clean(id string) {
	delete(st.carts, id) //@clean
}`,
    store: "append s.carts[id] long",
    owner: "Store.carts",
    removals: ["delete @clean"],
  },
  {
    name: "generics: a cache of any type",
    source: `
type Cache[K comparable, V any] struct{ items map[K]V }
func (c *Cache[K, V]) Set(key K, value V) {
	c.items[key] = value //@store
}
type page struct{ html []byte }
type site struct{ pages *Cache[string, *page] }
func (s *site) render(url string) {
	p := &page{}
	p.html = []byte("<html>" + url) //@0 main.(*site).render
	s.pages.Set(url, p)
}`,
    store: "map-assign c.items long",
    targetType: "map[K]V",
    owner: "Cache.items",
  },
  {
    name: "a generic function with explicit type arguments, and a frame name without them",
    source: `
type box[T any] struct{ value T }
var boxes []any
func wrap[T any](v T) *box[T] {
	return &box[T]{value: v} //@0 main.wrap[...]
}
func keep(n int) {
	boxes = append(boxes, wrap[int](n)) //@1 main.keep //@store
}`,
    store: "append boxes package",
  },
  {
    name: "an embedded struct owns the map",
    source: `
type registry struct{ byName map[string][]byte }
type Server struct {
	registry
	addr string
}
func (s *Server) Load(name string, n int) {
	b := make([]byte, n) //@0 main.(*Server).Load
	s.byName[name] = b //@store
}
func (r *registry) drop(name string) { delete(r.byName, name) } //@drop`,
    store: "map-assign s.byName long",
    owner: "registry.byName",
    removals: ["delete @drop"],
  },
  {
    name: "listener: a closure that captures the connection is registered",
    source: `
type Bus struct{ subs []func(string) }
func (b *Bus) Subscribe(fn func(string)) {
	b.subs = append(b.subs, fn) //@store
}
type conn struct{ out []byte }
func attach(bus *Bus) {
	c := &conn{out: make([]byte, 1<<16)} //@0 main.attach
	bus.Subscribe(func(msg string) {
		c.out = append(c.out, msg...)
	})
}`,
    store: "closure-register b.subs long",
    targetType: "[]func(string)",
  },
  {
    name: "listener: the closure itself is the leaf",
    source: `
type Hub struct{ handlers map[string]func() }
func (h *Hub) On(topic string, n int) {
	h.handlers[topic] = func() { println(n) } //@0 main.(*Hub).On //@store
}`,
    store: "closure-register h.handlers long",
  },
  {
    name: "listener: a method value",
    source: `
type Bus struct{ subs []func() }
func (b *Bus) Subscribe(fn func()) { b.subs = append(b.subs, fn) } //@store
type client struct{ buf [1024]byte }
func (c *client) wake() {}
func connect(b *Bus) {
	c := &client{} //@0 main.connect
	b.Subscribe(c.wake)
}`,
    store: "closure-register b.subs long",
  },
  {
    name: "subslice: a few bytes of a body kept as they are",
    source: `
import ("io"; "net/http")
type Seen struct{ ids map[string][]byte }
func (s *Seen) handle(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body) //@0 main.(*Seen).handle
	if err != nil { return }
	id := body[4:20]
	s.ids[r.URL.Path] = id //@store
}`,
    store: "map-assign s.ids long subslice",
  },
  {
    name: "subslice: strings.Cut and TrimSpace over a helper, kept as a key",
    source: `
import ("os"; "strings")
type Index struct{ names map[string]bool }
func (x *Index) load(path string) {
	data, _ := os.ReadFile(path)
	text := string(data) //@0 main.(*Index).load
	for _, line := range strings.Split(text, "\\n") {
		x.add(header(line))
	}
}
func header(line string) string {
	name, _, _ := strings.Cut(line, ":")
	return strings.TrimSpace(name)
}
func (x *Index) add(name string) {
	x.names[name] = true //@store
}`,
    store: "map-assign x.names long subslice",
  },
  {
    name: "no subslice: a whole body kept",
    source: `
import "io"
type Log struct{ bodies [][]byte }
func (l *Log) take(r io.Reader) {
	body, _ := io.ReadAll(r) //@0 main.(*Log).take
	l.bodies = append(l.bodies, body) //@store
}`,
    store: "append l.bodies long",
  },
  {
    name: "sync.Map",
    source: `
import "sync"
var cache sync.Map
type entry struct{ data []byte }
func lookup(key string, n int) *entry {
	e := &entry{data: make([]byte, n)} //@0 main.lookup
	actual, _ := cache.LoadOrStore(key, e) //@store
	return actual.(*entry)
}
func forget(key string) { cache.Delete(key) } //@forget`,
    store: "sync-map-store cache package",
    targetType: "sync.Map",
    removals: ["delete @forget"],
  },
  {
    name: "sync.Map in a field, named by its import alias, the leaf being the store",
    source: `
import gosync "sync"
type T struct{ m gosync.Map }
func (t *T) put(k string, v int) {
	t.m.Store(k, v) //@0 main.(*T).put //@store
}`,
    store: "sync-map-store t.m long",
  },
  {
    name: "container/list",
    source: `
import "container/list"
type queue struct{ jobs *list.List }
type job struct{ payload []byte }
func (q *queue) enqueue(p []byte) {
	j := &job{payload: p} //@0 main.(*queue).enqueue
	q.jobs.PushBack(j) //@store
}
func (q *queue) next() any {
	front := q.jobs.Front()
	return q.jobs.Remove(front) //@next
}`,
    store: "list-push q.jobs long",
    removals: ["delete @next"],
  },
  {
    name: "a channel of a field",
    source: `
type event struct{ data [512]byte }
type pipe struct{ out chan *event }
func (p *pipe) emit() {
	e := &event{} //@0 main.(*pipe).emit
	p.out <- e //@store
}
func (p *pipe) drain() {
	for e := range p.out { //@range
		_ = e
	}
}`,
    store: "channel-send p.out long",
    targetType: "chan *event",
    removals: ["receive @range"],
  },
  {
    name: "a local container is followed to where it is kept",
    source: `
type report struct{ rows [][]byte }
var reports []*report
func build(n int) {
	var rows [][]byte
	for i := 0; i < n; i++ {
		row := make([]byte, 100) //@0 main.build
		rows = append(rows, row)
	}
	r := &report{rows: rows}
	reports = append(reports, r) //@store
}`,
    store: "append reports package",
  },
  {
    name: "the owner is made per call and kept: the store is where the owner goes",
    source: `
type request struct{ parts []*part }
type part struct{ data [256]byte }
type server struct{ done map[int]*request }
func (r *request) add() {
	r.parts = append(r.parts, &part{}) //@0 main.(*request).add
}
func (s *server) serve(id int) {
	req := &request{}
	req.add() //@1 main.(*server).serve
	s.done[id] = req //@store
}`,
    store: "map-assign s.done long",
  },
  {
    name: "the owner lives in main: the store is the append in its method",
    source: `
type hub struct{ events []string }
func (h *hub) publish(n int) {
	h.events = append(h.events, string(make([]byte, n))) //@0 main.(*hub).publish //@store
}
func main() {
	h := &hub{}
	for i := 0; ; i++ {
		h.publish(i) //@1 main.main
	}
}`,
    store: "append h.events long",
  },
  {
    name: "a local map that lives as long as the loop of a worker",
    source: `
type job struct{ id int }
func worker(jobs chan job) {
	seen := make(map[int]*job)
	for j := range jobs {
		copied := j
		seen[j.id] = &job{id: copied.id} //@0 main.worker //@store
	}
}`,
    store: "map-assign seen loop",
    removals: [],
  },
  {
    name: "a handler made once captures a map",
    source: `
import "net/http"
func newHandler() http.HandlerFunc {
	hits := map[string][]byte{}
	return func(w http.ResponseWriter, r *http.Request) {
		hits[r.URL.Path] = make([]byte, 1024) //@0 main.newHandler.func1 //@store
	}
}`,
    store: "map-assign hits long",
  },
  {
    name: "a shard of a slice of structs, through local names",
    source: `
type shard struct{ m map[string][]byte }
type Cache struct{ shards []*shard }
func (c *Cache) pick(key string) *shard { return c.shards[len(key)%len(c.shards)] }
func (c *Cache) Set(key string, n int) {
	sh := c.pick(key)
	v := make([]byte, n) //@0 main.(*Cache).Set
	sh.m[key] = v //@store
}
func (c *Cache) evict() {
	for _, sh := range c.shards {
		for k := range sh.m {
			delete(sh.m, k) //@evict
		}
	}
}`,
    store: "map-assign sh.m long",
    owner: "shard.m",
    removals: ["delete @evict"],
  },
  {
    name: "inner map of a map",
    source: `
type T struct{ byUser map[string]map[string]*int }
func (t *T) add(user, key string) {
	inner := t.byUser[user]
	if inner == nil {
		inner = map[string]*int{}
		t.byUser[user] = inner
	}
	inner[key] = new(int) //@0 main.(*T).add //@store
}
func (t *T) logout(user string) { delete(t.byUser, user) } //@logout`,
    store: "map-assign inner long",
    owner: "T.byUser",
    removals: ["delete @logout"],
  },
  {
    name: "a struct that is kept by value, field by field",
    source: `
type rec struct{ name, body string }
type journal struct{ recs []rec }
func (j *journal) write(name string, b []byte) {
	var r rec
	r.name = name
	r.body = string(b) //@0 main.(*journal).write
	j.recs = append(j.recs, r) //@store
}`,
    store: "append j.recs long",
  },
  {
    name: "decoded into a variable by address",
    source: `
import ("encoding/json"; "net/http")
type order struct{ lines []string }
type book struct{ orders []order }
func (b *book) post(w http.ResponseWriter, r *http.Request) {
	var o order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil { //@0 main.(*book).post
		return
	}
	b.orders = append(b.orders, o) //@store
}`,
    store: "append b.orders long",
  },
  {
    name: "named result and bare return",
    source: `
var all []*node
type node struct{ next *node }
func build() (n *node) {
	n = &node{} //@0 main.build
	return
}
func grow() { all = append(all, build()) } //@1 main.grow //@store`,
    store: "append all package",
  },
  {
    name: "a goroutine's literal stores what it captured",
    source: `
import "sync"
type S struct { mu sync.Mutex; done map[int][]byte }
func (s *S) start(id int) {
	buf := make([]byte, 4096) //@0 main.(*S).start
	go func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.done[id] = buf //@store
	}()
}`,
    store: "map-assign s.done long",
  },
  {
    name: "a literal called where it stands takes the value as a parameter",
    source: `
var kept [][]byte
func f(n int) {
	b := make([]byte, n) //@0 main.f
	func(x []byte) {
		kept = append(kept, x) //@store
	}(b)
}`,
    store: "append kept package",
  },
  {
    name: "the leaf is a literal and returns to the function that called it",
    source: `
var kept []*int
func each(make func() *int) {
	v := make() //@1 main.each
	kept = append(kept, v) //@store
}
func run() {
	each(func() *int {
		return new(int) //@0 main.run.func1
	})
}`,
    store: "append kept package",
  },
  {
    name: "variadic parameter",
    source: `
type L struct{ items []*int }
func (l *L) add(items ...*int) {
	for _, it := range items {
		l.items = append(l.items, it) //@store
	}
}
func f(l *L) { l.add(new(int), new(int)) } //@0 main.f`,
    store: "append l.items long",
  },
  {
    name: "context chain in a field",
    source: `
import "context"
type session struct{ ctx context.Context }
func (s *session) tag(v string) {
	s.ctx = context.WithValue(s.ctx, "tag", v) //@0 main.(*session).tag //@store
}`,
    store: "field-assign s.ctx long",
  },
  {
    name: "string that grows by concatenation",
    source: `
type out struct{ log string }
func (o *out) line(s string) {
	o.log += s + "\\n" //@0 main.(*out).line //@store
}`,
    store: "string-concat o.log long",
    targetType: "string",
  },
  {
    name: "a heap of the own type by container/heap",
    source: `
import "container/heap"
type item struct{ at int; data []byte }
type timeline []*item
func (t timeline) Len() int { return len(t) }
func (t *timeline) Push(x any) { *t = append(*t, x.(*item)) }
func (t *timeline) Pop() any { old := *t; x := old[len(old)-1]; *t = old[:len(old)-1]; return x } //@pop
type sched struct{ due timeline }
func (s *sched) plan(at, n int) {
	it := &item{at: at, data: make([]byte, n)} //@0 main.(*sched).plan
	heap.Push(&s.due, it) //@store
}`,
    store: "heap-push &s.due long",
    owner: "sched.due",
    removals: ["truncate @pop"],
  },
  {
    name: "a cache of a library: a method whose name says that it keeps",
    source: `
import lru "github.com/hashicorp/golang-lru/v2"
type svc struct{ cache *lru.Cache[string, []byte] }
func (s *svc) get(key string) []byte {
	v := make([]byte, 100) //@0 main.(*svc).get
	s.cache.Add(key, v) //@store
	return v
}`,
    store: "method-store s.cache long",
  },
  {
    name: "map growth itself: the leaf is the assignment of an existing value",
    source: `
var refs = map[string]int{}
func count(key string) {
	refs[key]++ //@0 main.count //@store
}`,
    store: "map-assign refs package",
  },
  {
    name: "a replaced field is reported if nothing that grows is found",
    source: `
type worker struct{ scratch []byte }
func (w *worker) resize(n int) {
	w.scratch = make([]byte, n) //@0 main.(*worker).resize //@store
}`,
    store: "field-assign w.scratch long",
  },
  {
    name: "a statement over several lines, the leaf in its middle",
    source: `
type order struct{ id int; lines []string; note string }
type shop struct{ orders map[int]*order }
func (s *shop) place(id, n int) {
	o := &order{
		id:    id,
		lines: make([]string, n), //@0 main.(*shop).place
		note:  "new",
	}
	s.orders[id] = o //@store
}`,
    store: "map-assign s.orders long",
  },
  {
    name: "interface method with one implementation in the package",
    source: `
type sink interface{ Write(rec *rec) }
type rec struct{ b [64]byte }
type memory struct{ recs []*rec }
func (m *memory) Write(r *rec) { m.recs = append(m.recs, r) } //@store
func emit(s sink) { s.Write(&rec{}) } //@0 main.emit`,
    store: "append m.recs long",
  },
  {
    name: "package variable with a literal in its initialiser",
    source: `
var table = map[string][]byte{}
var fill = func(key string) {
	table[key] = make([]byte, 10) //@0 main.init.func1 //@store
}`,
    store: "map-assign table package",
  },
  {
    name: "ring: an element is overwritten",
    source: `
type ring struct{ buf [][]byte; n int }
func (r *ring) add(b []byte) {
	c := append([]byte(nil), b...) //@0 main.(*ring).add
	r.buf[r.n%len(r.buf)] = c //@store
	r.n++
}`,
    store: "element-assign r.buf long",
    removals: ["ring-write @store"],
  },
];

/** Cases where nothing may be found: the value is copied, dropped, or its way is not certain. */
const silent: { name: string; source: string }[] = [
  {
    name: "copied by strings.Clone before it is kept",
    source: `
import ("io"; "strings")
var ids = map[string]bool{}
func f(r io.Reader) {
	data, _ := io.ReadAll(r) //@0 main.f
	s := string(data)
	id := strings.Clone(s[:8])
	ids[id] = true
}`,
  },
  {
    name: "the variable is overwritten by a clone",
    source: `
import ("bytes"; "os")
var last [][]byte
func f(p string) {
	b, _ := os.ReadFile(p) //@0 main.f
	b = bytes.Clone(b[:10])
	last = append(last, b)
}`,
  },
  {
    name: "append of the bytes to a fresh slice",
    source: `
var kept [][]byte
func f(n int) {
	b := make([]byte, n) //@0 main.f
	kept = append(kept, append([]byte(nil), b...))
}`,
  },
  {
    name: "copy into another slice",
    source: `
var kept [][]byte
func f(n int) {
	b := make([]byte, n) //@0 main.f
	c := make([]byte, 4)
	copy(c, b)
	kept = append(kept, c)
}`,
  },
  {
    name: "only read",
    source: `
import "fmt"
var names []string
func f(n int) {
	b := make([]byte, n) //@0 main.f
	names = append(names, fmt.Sprintf("%x", b))
	if len(b) > 3 { println(b[0]) }
}`,
  },
  {
    name: "another variable of the same name in an inner scope is kept",
    source: `
var kept []*int
func f() {
	v := new(int) //@0 main.f
	_ = *v
	if true {
		v := otherValue()
		kept = append(kept, v)
	}
}`,
  },
  {
    name: "another field of the struct is kept",
    source: `
type msg struct{ head, body []byte }
var heads [][]byte
func f(n int, h []byte) {
	m := msg{head: h, body: make([]byte, n)} //@0 main.f
	heads = append(heads, m.head)
}`,
  },
  {
    name: "the source is not the code that ran",
    source: `
var kept [][]byte
func g(n int) {
	kept = append(kept, make([]byte, n)) //@0 main.f
}`,
  },
  {
    name: "a method that four types have",
    source: `
type a struct{ v []*int }
type b struct{ v []*int }
type c struct{ v []*int }
type d struct{ v []*int }
func (x *a) keep(p *int) { x.v = append(x.v, p) }
func (x *b) keep(p *int) { x.v = append(x.v, p) }
func (x *c) keep(p *int) { x.v = append(x.v, p) }
func (x *d) keep(p *int) { x.v = append(x.v, p) }
type keeper interface{ keep(*int) }
func f(k keeper) { k.keep(new(int)) } //@0 main.f`,
  },
];

describe("traceRetention", () => {
  it.each(cases)("$name", ({ source, store, targetType, owner, removals }) => {
    const { files, frames, marks } = goSnippet(source);
    const found = traceRetention(files, frames);
    expect(found, "no store found").toBeDefined();
    const kept = found!.store;
    expect([kept.kind, kept.target, kept.lifetime, ...(kept.subslice ? ["subslice"] : [])].join(" ")).toBe(
      store,
    );
    expect(`${kept.file}:${kept.line}`).toBe(marks.get("store"));
    expect(found!.steps[0]).toMatchObject({ kind: "allocate", line: frames[0]!.line });
    expect(found!.steps.at(-1)).toMatchObject({ kind: "store", line: kept.line, text: kept.text });
    if (targetType !== undefined) expect(kept.targetType).toBe(targetType);
    if (owner !== undefined) expect(kept.owner).toBe(owner);
    if (removals !== undefined) {
      const named = new Map([...marks].map(([word, place]) => [place, word]));
      expect(kept.removals.map(({ kind, file, line }) => `${kind} @${named.get(`${file}:${line}`)}`)).toEqual(
        removals,
      );
    }
  });

  it.each(silent)("finds nothing: $name", ({ source }) => {
    const { files, frames } = goSnippet(source);
    const found = traceRetention(files, frames);
    expect(found === undefined ? [] : [found.store.text, found.store.lifetime]).toEqual([]);
  });
});
