import { describe, expect, test } from "vitest";
import { evidenceOfDumps, idsFrom, type Parked } from "../../test/support/goroutine-scene.ts";
import { diagnose } from "./diagnose.ts";
import type { Evidence } from "./evidence.ts";

const GO = "/usr/local/go/src";
const read = [
  `internal/poll.runtime_pollWait@${GO}/runtime/netpoll.go:351`,
  `internal/poll.(*FD).Read@${GO}/internal/poll/fd_unix.go:165`,
  `net.(*conn).Read@${GO}/net/net.go:196`,
];
const main: Parked = { state: "chan receive", stack: ["main.main:10"], ids: [1] };

/** A scene of seven samples in which one kind of goroutine grows by ten each. */
const growing = (kind: Omit<Parked, "ids">, others: readonly Parked[] = []): Parked[][] =>
  idsFrom(0, 7).map((k) => [main, ...others, { ...kind, ids: idsFrom(100, 110 + 10 * k) }]);

const judge = (dumps: Parked[][], rest: Partial<Evidence> = {}) => diagnose(evidenceOfDumps(dumps, rest));

describe("every state in which goroutines pile up has its pattern", () => {
  test.each([
    ["IO wait", [...read, "main.ask:33"], "goroutine/blocked-io"],
    ["syscall", [`syscall.Syscall6@${GO}/syscall/syscall_linux.go:96`, "main.run:8"], "goroutine/blocked-io"],
    ["sleep", [`time.Sleep@${GO}/runtime/time.go:363`, "main.retry:21"], "goroutine/blocked-sleep"],
    [
      "semacquire",
      [
        `sync.runtime_Semacquire@${GO}/runtime/sema.go:71`,
        `sync.(*WaitGroup).Wait@${GO}/sync/waitgroup.go:118`,
        "main.all:9",
      ],
      "goroutine/blocked-waitgroup",
    ],
    [
      "sync.WaitGroup.Wait",
      [`sync.(*WaitGroup).Wait@${GO}/sync/waitgroup.go:206`, "main.all:9"],
      "goroutine/blocked-waitgroup",
    ],
    [
      "sync.Cond.Wait",
      [`sync.(*Cond).Wait@${GO}/sync/cond.go:71`, "main.take:4"],
      "goroutine/blocked-waitgroup",
    ],
  ])("%s", (state, stack, pattern) => {
    const findings = judge(growing({ state, stack, createdBy: "main.main:5" }));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ pattern, severity: "warning", state: "confirmed" });
    expect(findings[0]!.site!.function).toBe(/main\.\w+/.exec(stack.at(-1)!)![0]);
  });
});

test("where a library's frames hide the program's, its accept loop's caller is named", () => {
  const serve: Parked = {
    state: "IO wait",
    stack: [
      ...read,
      `net/http.(*Server).Serve@${GO}/net/http/server.go:3424`,
      "main.listen:70",
      "main.main:12",
    ],
    ids: [7],
  };
  const connections = {
    state: "IO wait",
    stack: [...read, `net/http.(*conn).serve@${GO}/net/http/server.go:2027`],
    createdBy: `net/http.(*Server).Serve@${GO}/net/http/server.go:3454`,
  };
  const [finding] = judge(growing(connections, [serve]));
  expect(finding).toMatchObject({
    pattern: "goroutine/blocked-io",
    site: { function: "main.listen", line: 70 },
    headline: { id: "headline-goroutines-started" },
    fix: [{ id: "fix-io-http-server" }],
  });
  // Nobody of the program's own to name: left to the library's patterns.
  expect(judge(growing(connections))).toEqual([]);
});

test("goroutines that only move on from one state to another are no leak", () => {
  const dumps = idsFrom(0, 7).map((k) => [
    main,
    { state: "sleep", stack: ["main.work:20", "main.pool:3"], ids: idsFrom(100, 110 + 10 * k) },
    { state: "running", stack: ["main.work:15", "main.pool:3"], ids: idsFrom(110 + 10 * k, 300) },
  ]);
  expect(judge(dumps)).toEqual([]);
});

test("goroutines are followed by id through their states", () => {
  // Between two naps each is in a request: half of them at any time, never the same half.
  const dumps = idsFrom(0, 7).map((k) => {
    const ids = idsFrom(100, 140 + 20 * k);
    return [
      main,
      { state: "sleep", stack: ["main.retry:20"], ids: ids.filter((id) => (id + k) % 2 === 0) },
      {
        state: "IO wait",
        stack: [...read, "main.ask:9", "main.retry:18"],
        ids: ids.filter((id) => (id + k) % 2 === 1),
      },
    ];
  });
  const [finding] = judge(dumps);
  expect(finding).toMatchObject({ state: "confirmed" });
  expect(finding!.evidence.map((s) => s.id)).toContain("goroutines-survive");
});

test("whoever waits for what it has started is a consequence", () => {
  const dumps = idsFrom(0, 7).map((k) => [
    main,
    {
      state: "sync.WaitGroup.Wait",
      stack: ["sync.(*WaitGroup).Wait@/usr/local/go/src/sync/waitgroup.go:206", "shop/api.Handle:30"],
      createdBy: "main.main:5",
      ids: idsFrom(1000, 1040 + 40 * k),
    },
    {
      state: "IO wait",
      stack: [...read, "shop/fetch.Get:12"],
      createdBy: "shop/api.Handle:25",
      ids: idsFrom(100, 110 + 10 * k),
    },
  ]);
  const findings = judge(dumps);
  expect(findings.map((f) => f.pattern)).toEqual(["goroutine/blocked-io"]);
  expect(findings[0]!.consequences).toMatchObject([{ site: { function: "shop/api.Handle" } }]);
});

describe("severity follows the cost", () => {
  const asleep = { state: "sleep", stack: ["main.retry:21"], createdBy: "main.main:5" };
  const live = (bytes: number): Partial<Evidence> => ({
    liveHeap: {
      seconds: [0, 30],
      bytes: [bytes, bytes],
      source: "after-gc",
      trend: {
        shape: "flat",
        first: bytes,
        last: bytes,
        slope: 0,
        low: 0,
        high: 0,
        pRising: 0.5,
        samples: 7,
        spanSeconds: 30,
        swing: { low: bytes, high: bytes },
        steps: [],
        detectable: 0,
      },
    },
  });
  const severityOf = (rest: Partial<Evidence>, every = 1) => {
    const dumps = growing(asleep);
    const evidence = evidenceOfDumps(dumps, rest);
    for (const group of evidence.goroutines!.groups) {
      group.trend.slope *= every;
      group.trend.low *= every;
      group.trend.high *= every;
    }
    return diagnose(evidence)[0]!.severity;
  };

  test("a trickle is worth a hint, thousands a second are critical", () => {
    expect(severityOf({}, 1 / 2000)).toBe("info");
    expect(severityOf({})).toBe("warning");
    expect(severityOf({}, 1000)).toBe("critical");
  });

  test("against a limit it is the time to it", () => {
    const MB = 1024 * 1024;
    expect(severityOf({ ...live(80 * MB), limitBytes: 90 * MB })).toBe("critical");
    expect(severityOf({ ...live(80 * MB), limitBytes: 4096 * MB })).toBe("warning");
  });

  test("each one's stack is measured where MemStats tell", () => {
    const [finding] = judge(growing(asleep), { stackBytes: { first: 1e6, last: 1e6 + 60 * 8192 } });
    const cost = finding!.evidence.find((s) => s.id === "goroutines-cost");
    expect(cost!.values).toMatchObject({ stack: { value: 8192 }, heap: { value: 0 } });
  });
});
