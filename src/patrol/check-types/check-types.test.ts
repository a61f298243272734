import { describe, expect, test } from "vitest";
import type { CheckKind, CheckTarget } from "../check.ts";
import { parseHostAndPort, parseHttpAddress } from "./address.ts";
import { CHECK_TYPES } from "./check-types.ts";
import { METRIC_NAME } from "./option-schemas.ts";

const target = (address: string): CheckTarget => ({
  id: "t",
  address,
  labels: {},
  limitBytes: null,
  sourceDir: null,
  auth: null,
});

/** Of kinds that cannot do without, the least that they must be given. */
const LEAST: Partial<Record<CheckKind, Record<string, unknown>>> = {
  promql: { queries: { error_rate: "sum(rate(errors_total[5m]))" } },
  sql: { engine: "postgres", query: "SELECT 1 AS lag_seconds", columns: ["lag_seconds"] },
};

describe.each(Object.values(CHECK_TYPES))("$kind", (type) => {
  const options = LEAST[type.kind] ?? {};

  test("options as checked are options that can be checked again", () => {
    const parsed = type.optionsSchema.parse(options);
    expect(type.optionsSchema.parse(parsed)).toEqual(parsed);
    expect(type.optionsSchema.safeParse({ ...options, qery: 1 }).success).toBe(false);
  });

  test("each metric has a name that a rule can use", () => {
    const names = Object.keys(type.metrics).filter((name) => name !== "*");
    expect(names.filter((name) => !METRIC_NAME.test(name))).toEqual([]);
    expect(names).toContain("up");
  });

  test("the plan names the address, and no secret of it", () => {
    const [first = ""] = type.plan(target("http://user:s3cret@db.example:8123/?token=s3cret"), options);
    expect(first).toContain("db.example:8123".slice(0, type.kind === "rss" ? 10 : undefined));
    expect(first).not.toContain("s3cret");
  });
});

test("metrics that the options name are the only ones beside the kind's own", () => {
  const { promql, sql, mysql } = CHECK_TYPES;
  expect(promql.metricsOf(LEAST.promql!)).toHaveProperty("error_rate");
  expect(promql.metricsOf(LEAST.promql!)).not.toHaveProperty(["*"]);
  expect(sql.metricsOf(LEAST.sql!)).toHaveProperty("lag_seconds");
  expect(mysql.metricsOf({})).toHaveProperty(["*"]);
  expect(mysql.metricsOf({ columns: [] })).not.toHaveProperty(["*"]);
});

test.each([
  ["db:3306", 1, { host: "db", port: 3306 }],
  ["db", 3306, { host: "db", port: 3306 }],
  ["[::1]:6379", 1, { host: "::1", port: 6379 }],
  ["http://svc", 1, { host: "svc", port: 80 }],
  ["https://svc:443/x", 1, { host: "svc", port: 443 }],
  ["redis://u:p@r:80", 1, { host: "r", port: 80 }],
  ["postgres://pg/db", 1, { host: "pg", port: 5432 }],
])("%s is a host and a port", (address, port, expected) => {
  expect(parseHostAndPort(target(address), port)).toEqual(expected);
});

test.each(["pid:1", "", "db", "http://", "a b:1", "db:0", "db:70000"])("'%s' is none", (address) => {
  expect(() => parseHostAndPort(target(address), undefined)).toThrow(/is not host:port|names no port/);
});

test("what cannot be asked is told by the plan", () => {
  expect(CHECK_TYPES.mysql.plan(target("pid:1"), {})[0]).toMatch(/^nothing: /);
  expect(() => parseHttpAddress(target("ftp://x"))).toThrow(/not an http URL/);
});
