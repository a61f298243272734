import { describe, expect, it } from "vitest";
import { goSnippet } from "../../test/support/go-snippet.ts";
import { traceRetention } from "./retention-path.ts";

/** Each case adds code beside a map (or slice) that grows; the marks of the lines that shrink it are the answer. */
interface Case {
  name: string;
  code: string;
  found: string[];
}

const MAP = `
type entry struct{ data []byte; used bool }
type T struct{ m map[string]*entry; max int; order []string }
func (t *T) put(k string) {
	t.m[k] = &entry{} //@0 main.(*T).put
}
`;

const mapCases: Case[] = [
  { name: "nothing", code: "", found: [] },
  { name: "delete", code: `func (t *T) drop(k string) { delete(t.m, k) } //@a`, found: ["delete a"] },
  { name: "clear", code: `func (t *T) wipe() { clear(t.m) } //@a`, found: ["reset a"] },
  {
    name: "a new map",
    code: `func (t *T) wipe() { t.m = make(map[string]*entry) } //@a`,
    found: ["reset a"],
  },
  { name: "nil", code: `func (t *T) wipe() { t.m = nil } //@a`, found: ["reset a"] },
  {
    name: "an empty literal",
    code: `func (t *T) wipe() { t.m = map[string]*entry{} } //@a`,
    found: ["reset a"],
  },
  {
    name: "swapped for a fresh local map",
    code: `func (t *T) take() map[string]*entry {
	fresh := make(map[string]*entry)
	old := t.m
	t.m = fresh //@a
	return old
}`,
    found: ["reset a"],
  },
  {
    name: "by a local alias",
    code: `func (t *T) sweep() {
	m := t.m
	for k := range m { delete(m, k) } //@a
}`,
    found: ["delete a"],
  },
  {
    name: "in a helper that takes the map",
    code: `func (t *T) sweep() { prune(t.m) }
func prune(all map[string]*entry) {
	for k, e := range all {
		if !e.used {
			delete(all, k) //@a
		}
	}
}`,
    found: ["delete a"],
  },
  {
    name: "through another variable of the type",
    code: `func sweepAll(ts []*T) {
	for _, each := range ts { delete(each.m, "") } //@a
}`,
    found: ["delete a"],
  },
  {
    name: "maps.DeleteFunc",
    code: `func (t *T) sweep() {
	maps.DeleteFunc(t.m, func(k string, e *entry) bool { return !e.used }) //@a
}`,
    found: ["delete a"],
  },
  {
    name: "in a timer's function",
    code: `func (t *T) putFor(k string, d time.Duration) {
	time.AfterFunc(d, func() { delete(t.m, k) }) //@a
}`,
    found: ["delete a"],
  },
  {
    name: "a limit that refuses",
    code: `func (t *T) room() bool {
	if len(t.m) >= t.max { //@a
		return false
	}
	return true
}`,
    found: ["length-check a"],
  },
  {
    name: "a limit as a constant, in a loop",
    code: `const most = 100
func (t *T) trim() {
	for len(t.m) > most { //@a
		t.evictOne()
	}
}
func (t *T) evictOne() {}`,
    found: ["length-check a"],
  },
  {
    name: "a length that is only logged bounds nothing",
    code: `func (t *T) watch() { if len(t.m) > t.max { log.Printf("large: %d", len(t.m)) } }`,
    found: [],
  },
  {
    name: "emptiness and indexes are no limits",
    code: `func (t *T) some(i, n int) bool {
	if len(t.m) == 0 { return false }
	if len(t.m) > 0 && i < len(t.m) { return true }
	if n > len(t.m) { n = len(t.m) }
	return false
}`,
    found: [],
  },
  {
    name: "first values are no resets",
    code: `func NewT() *T {
	t := &T{}
	t.m = make(map[string]*entry)
	return t
}
func (t *T) lazy() {
	if t.m == nil {
		t.m = make(map[string]*entry)
	}
}`,
    found: [],
  },
  {
    name: "a map of the same name in another type",
    code: `type other struct{ m map[string]int }
func (o *other) drop(k string) { delete(o.m, k) }`,
    found: [],
  },
  {
    name: "a predicate and a method of an element",
    code: `func (e *entry) expired() bool { return false }
func (e *entry) reset() {}
func (t *T) get(k string) *entry {
	e := t.m[k]
	if e.expired() { e.reset() }
	return e
}`,
    found: [],
  },
];

const SLICE = `
type T struct{ q []*int; max, next int }
func (t *T) push() {
	t.q = append(t.q, new(int)) //@0 main.(*T).push
}
`;

const sliceCases: Case[] = [
  { name: "from the front", code: `func (t *T) pop() { t.q = t.q[1:] } //@a`, found: ["truncate a"] },
  { name: "to nothing", code: `func (t *T) flush() { t.q = t.q[:0] } //@a`, found: ["truncate a"] },
  {
    name: "an element in the middle",
    code: `func (t *T) drop(i int) { t.q = append(t.q[:i], t.q[i+1:]...) } //@a`,
    found: ["delete a"],
  },
  {
    name: "slices.Delete",
    code: `func (t *T) drop(i int) { t.q = slices.Delete(t.q, i, i+1) } //@a`,
    found: ["delete a"],
  },
  {
    name: "a copy of the tail",
    code: `func (t *T) keep(n int) { t.q = append([]*int(nil), t.q[len(t.q)-n:]...) } //@a`,
    found: ["truncate a"],
  },
  {
    name: "filtered in place",
    code: `func (t *T) filter() {
	kept := t.q[:0]
	for _, p := range t.q { if *p > 0 { kept = append(kept, p) } }
	t.q = kept //@a
}`,
    found: ["truncate a"],
  },
  {
    name: "filtered by a function",
    code: `func (t *T) sweep() { t.q = withoutNil(t.q) } //@a
func withoutNil(q []*int) []*int { return q }`,
    found: ["truncate a"],
  },
  {
    name: "taken as a batch",
    code: `func (t *T) take() (batch []*int) {
	batch, t.q = t.q, nil //@a
	return batch
}`,
    found: ["reset a"],
  },
  {
    name: "a helper with a pointer",
    code: `func (t *T) drain() { cut(&t.q) }
func cut(q *[]*int) { *q = (*q)[:0] } //@a`,
    found: ["truncate a"],
  },
  {
    name: "a ring once it is full",
    code: `func (t *T) add(p *int) {
	if len(t.q) < t.max { //@a
		t.q = append(t.q, p)
		return
	}
	t.q[t.next%t.max] = p //@b
	t.next++
}`,
    found: ["length-check a", "ring-write b"],
  },
  {
    name: "growing by way of a local is no reset",
    code: `func (t *T) more(p *int) {
	q := append(t.q, p)
	t.q = q
}`,
    found: [],
  },
  {
    name: "sorting",
    code: `func (t *T) sort() { slices.SortFunc(t.q, func(a, b *int) int { return *a - *b }) }`,
    found: [],
  },
];

function check(source: string, found: string[]): void {
  const { files, frames, marks } = goSnippet(source);
  const words = new Map([...marks].map(([word, place]) => [place, word]));
  const path = traceRetention(files, frames);
  expect(path).toBeDefined();
  expect(
    path!.store.removals.map(({ kind, file, line }) => `${kind} ${words.get(`${file}:${line}`)}`),
  ).toEqual(found);
}

describe("removals of a map", () => {
  it.each(mapCases)("$name", ({ code, found }) => {
    check(`package main\nimport ("log"; "maps"; "time")\n${MAP}${code}`, found);
  });
});

describe("removals of a slice", () => {
  it.each(sliceCases)("$name", ({ code, found }) => {
    check(`package main\nimport "slices"\n${SLICE}${code}`, found);
  });
});
