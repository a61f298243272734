import { expect, test } from "vitest";
import { goroutineProfileFromText } from "../../test/support/profile-from-text.ts";
import { findBlockState } from "./block-state.ts";
import { computeGoroutineGrowth } from "./goroutine-growth.ts";

const snapshots = (count: number, text: (k: number) => string) =>
  Array.from({ length: count }, (_, k) => ({ seconds: 5 * k, profile: goroutineProfileFromText(text(k)) }));

const park = "runtime.gopark:1 runtime.chansend:2 runtime.chansend1:3";

test("groups are told by state, own line and entry, without the runtime's parking frames", () => {
  const growth = computeGoroutineGrowth(
    snapshots(
      6,
      (k) => `${10 + 20 * k} @ ${park} main.ask:30 main.First.func1:12
      3 @ runtime.gopark:1 runtime.netpollblock:2 internal/poll.runtime_pollWait:3 net.(*conn).Read:4 net/http.(*conn).serve:5`,
    ),
    {},
  );
  const [leak] = growth.groups;
  expect(leak).toMatchObject({
    state: "send",
    site: { function: "main.ask", line: 30 },
    count: [10, 30, 50, 70, 90, 110],
  });
  expect(leak?.trend.shape).toBe("growing");
  expect(leak?.stack[0]?.function).toBe("main.ask");
  expect(growth.groups[1]).toMatchObject({ state: "io", site: { function: "net/http.(*conn).serve" } });
  expect(growth.total).toEqual([13, 33, 53, 73, 93, 113]);
});

test("a pool of constant size does not grow, nor does one that breathes", () => {
  const steady = computeGoroutineGrowth(
    snapshots(7, () => `500 @ ${park} main.work:3`),
    {},
  );
  expect(steady.groups[0]?.trend.shape).toBe("flat");
  const sizes = [500, 503, 498, 505, 501, 507, 504];
  const breathing = computeGoroutineGrowth(
    snapshots(7, (k) => `${sizes[k]} @ ${park} main.work:3`),
    {},
  );
  expect(breathing.groups[0]?.trend.shape).toBe("flat");
});

test.each([
  [undefined, ["runtime.gopark", "runtime.selectgo", "main.f"], "select"],
  [undefined, ["runtime.gopark", "runtime.chanrecv", "runtime.chanrecv2", "main.f"], "receive"],
  [
    undefined,
    [
      "runtime.gopark",
      "runtime.semacquire1",
      "internal/sync.runtime_SemacquireMutex",
      "internal/sync.(*Mutex).lockSlow",
      "sync.(*Mutex).Lock",
      "main.f",
    ],
    "lock",
  ],
  [
    undefined,
    ["runtime.gopark", "runtime.semacquire1", "sync.runtime_Semacquire", "sync.(*WaitGroup).Wait", "main.f"],
    "waitgroup",
  ],
  [undefined, ["main.spin", "main.f"], "running"],
  ["semacquire", ["sync.runtime_SemacquireMutex", "sync.(*Mutex).lockSlow", "main.f"], "lock"],
  ["semacquire", ["sync.runtime_Semacquire", "sync.(*WaitGroup).Wait", "main.f"], "waitgroup"],
  ["sync.Mutex.Lock", ["sync.runtime_SemacquireMutex"], "lock"],
  ["chan receive (nil chan)", ["main.f"], "receive"],
  ["IO wait", ["internal/poll.runtime_pollWait"], "io"],
] as const)("state of %s %j is %s", (reason, frames, state) => {
  expect(findBlockState(reason, frames)).toBe(state);
});
