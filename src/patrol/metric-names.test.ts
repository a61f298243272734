import { expect, test } from "vitest";
import { MetricNames } from "./metric-names.ts";

const names = new MetricNames([
  { name: "port", kind: "tcp", options: {} },
  { name: "page", kind: "http", options: {} },
  { name: "memory", kind: "rss", options: {} },
]);

test("the first of a target's checks that measures something has its plain name, the others their own", () => {
  const all = ["port", "page", "memory"];
  expect(names.nameOf(all, "port", "latency_ms")).toBe("latency_ms");
  expect(names.nameOf(all, "page", "latency_ms")).toBe("page/latency_ms");
  expect(names.nameOf(all, "page", "status")).toBe("status");
  // The same check of a target that is looked at by it alone.
  expect(names.nameOf(["page", "memory"], "page", "latency_ms")).toBe("latency_ms");
  expect(names.nameOf(all, "page", "what_nobody_declared")).toBe("what_nobody_declared");
});

test("every name that a metric may have is known, the plain one first", () => {
  expect(names.allOf("latency_ms")).toEqual(["latency_ms", "page/latency_ms"]);
  expect(names.allOf("up")).toEqual(["up", "page/up", "memory/up"]);
  expect(names.allOf("rss_bytes")).toEqual(["rss_bytes"]);
});
