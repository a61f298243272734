import { expect, test } from "vitest";
import { evidenceOfDumps, idsFrom, type Parked } from "../../test/support/goroutine-scene.ts";
import { diagnose } from "./diagnose.ts";

const SOURCE = `package ledger

import "sync"

type Book struct {
	mu    sync.RWMutex
	other sync.Mutex
	rows  map[string]int
	feed  chan int
}

func (b *Book) Add(key string) {
	b.mu.Lock()
	b.rows[key]++
	b.mu.Unlock()
}

func (b *Book) Publish() {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, n := range b.rows {
		b.send(n)
	}
}

func (b *Book) send(n int) {
	b.feed <- n
}

func (b *Book) Peek() int {
	b.mu.RLock()
	n := len(b.rows)
	b.mu.RUnlock()
	b.feed <- n
	return n
}

func (b *Book) Refuse(key string) {
	b.mu.Lock()
	if key == "" {
		b.mu.Unlock()
		return
	}
	b.feed <- len(key)
	b.mu.Unlock()
}

func (b *Book) Other() {
	b.other.Lock()
	defer b.other.Unlock()
	b.feed <- 1
}
`;
const line = (text: string, nth = 0) => {
  const lines = SOURCE.split("\n");
  return lines.flatMap((l, i) => (l.trim() === text ? [i + 1] : []))[nth]!;
};
const source = new Map([["/src/ledger/ledger.go", SOURCE]]);
const LOCK = "sync.(*Mutex).Lock@/usr/local/go/src/sync/mutex.go:46";
const waiter = { state: "sync.RWMutex.Lock", stack: [LOCK, `ledger.(*Book).Add:${line("b.mu.Lock()")}`] };

const judge = (holder: Omit<Parked, "ids">, ids = (_: number) => [7]) =>
  diagnose(
    evidenceOfDumps(
      idsFrom(0, 7).map((k) => [
        { state: "chan receive", stack: ["main.main:10"], ids: [1] },
        { ...holder, ids: ids(k) },
        { ...waiter, ids: idsFrom(100, 110 + 10 * k) },
      ]),
      { source },
    ),
  );

test("one goroutine that holds the lock while it is blocked elsewhere is named, at the line it holds it", () => {
  const at = line("b.send(n)");
  const findings = judge({
    state: "chan send, 4 minutes",
    stack: [`ledger.(*Book).send:${line("b.feed <- n")}`, `ledger.(*Book).Publish:${at}`, "main.main:3"],
  });
  expect(findings).toMatchObject([
    {
      pattern: "goroutine/blocked-lock",
      site: { function: "ledger.(*Book).Publish", line: at },
      headline: { id: "headline-lock-held" },
    },
  ]);
  expect(findings[0]!.evidence).toContainEqual(
    expect.objectContaining({
      id: "lock-taken",
      values: expect.objectContaining({ text: "b.mu.RLock()" }),
    }),
  );
});

test.each([
  ["unlocked before", "Peek", line("b.feed <- n", 1)],
  ["another lock", "Other", line("b.feed <- 1")],
])("not the holder: %s", (_, method, at) => {
  const findings = judge({ state: "chan send", stack: [`ledger.(*Book).${method}:${at}`] });
  expect(findings).toMatchObject([{ site: { function: "ledger.(*Book).Add" } }]);
  expect(findings[0]!.headline.id).toBe("headline-goroutines-blocked");
});

test("an Unlock in a branch that returns has not released it", () => {
  const at = line("b.feed <- len(key)");
  const findings = judge({ state: "chan send", stack: [`ledger.(*Book).Refuse:${at}`] });
  expect(findings).toMatchObject([{ site: { function: "ledger.(*Book).Refuse", line: at } }]);
});

test("holders that pile up themselves are the cause, and the waiters their consequence", () => {
  const at = line("b.feed <- len(key)");
  const findings = judge(
    { state: "chan send", stack: [`ledger.(*Book).Refuse:${at}`], createdBy: "main.main:4" },
    (k) => idsFrom(500, 506 + 6 * k * k),
  );
  expect(findings.map(({ pattern }) => pattern)).toEqual(["goroutine/blocked-send"]);
  expect(findings[0]!.consequences).toMatchObject([{ site: { function: "ledger.(*Book).Add" } }]);
});

test("waiting for a lock is not holding it", () => {
  const findings = judge({
    state: "sync.RWMutex.RLock",
    stack: [LOCK, `ledger.(*Book).Peek:${line("b.mu.RLock()", 1)}`],
  });
  expect(findings).toMatchObject([{ site: { function: "ledger.(*Book).Add" } }]);
});
