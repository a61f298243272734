import { expect, test } from "vitest";
import { chooseLoadCounter, collectCounters } from "./load-counter.ts";

const counters = (values: Record<string, number>) => new Map(Object.entries(values));
const choose = (before: Record<string, number>, after: Record<string, number>, wanted?: string) =>
  chooseLoadCounter(counters(before), counters(after), { wanted, isSameProcess: true });

test("requests are preferred to other work, and to what went wrong or is in flight", () => {
  const before = {
    http_requests_total: 10,
    http_request_errors_total: 1,
    jobs_total: 5,
    requests_in_flight: 3,
  };
  const after = {
    http_requests_total: 30,
    http_request_errors_total: 99,
    jobs_total: 500,
    requests_in_flight: 9,
  };
  expect(choose(before, after)).toEqual({
    name: "http_requests_total",
    chosenBy: "name",
    before: 10,
    after: 30,
    growth: 20,
  });
});

test("a histogram's count stands in, a gauge that fell does not, the runtime's own counters never", () => {
  const names = { http_request_duration_seconds_count: 1, requests: 9 };
  expect(choose(names, { http_request_duration_seconds_count: 4, requests: 2 })?.name).toBe(
    "http_request_duration_seconds_count",
  );
  const metrics = [
    "go_gc_cycles_total",
    "promhttp_metric_handler_requests_total",
    "process_cpu_seconds_total",
  ];
  expect(collectCounters(metrics.map((name) => ({ name, labels: new Map(), value: 1 })))).toEqual(new Map());
});

test("label sets are summed, and a name that another reading has counts once", () => {
  const sample = (path: string, value: number) => ({
    name: "http_requests_total",
    labels: new Map([["path", path]]),
    value,
  });
  expect(collectCounters([sample("/", 3), sample("/cart", 4)]).get("http_requests_total")).toBe(7);
  const earlier = counters({ http_requests_total: 7 });
  expect(collectCounters([sample("/", 3)], earlier).get("http_requests_total")).toBe(7);
});

test("the counter asked for is taken whatever its name, if it grew", () => {
  expect(choose({ frobs: 1 }, { frobs: 5 }, "frobs")).toMatchObject({ growth: 4, chosenBy: "flag" });
  expect(choose({ frobs: 5 }, { frobs: 5 }, "frobs")).toBeUndefined();
  expect(choose({ frobs: 1 }, { frobs: 5 })).toBeUndefined();
});

test("of another process the count since its start is the load", () => {
  const options = { wanted: undefined, isSameProcess: false };
  const load = chooseLoadCounter(counters({ requests: 900 }), counters({ requests: 40 }), options);
  expect(load?.growth).toBe(40);
});
