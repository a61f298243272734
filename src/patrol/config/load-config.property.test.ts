import fc from "fast-check";
import { stringify } from "smol-toml";
import { describe, expect, it } from "vitest";
import { loadPatrolConfig } from "./load-config.ts";
import { renderProblems } from "./render-problems.ts";
import { CHECK_KINDS, checkSchema, optionKeys } from "./schema/check-schema.ts";
import { LISTS, SECTIONS, TABLES, TOP_KEYS } from "./schema/file-schema.ts";
import { findLegalKeys } from "./schema/find-shape.ts";

const KEYS = [
  ...new Set([
    ...SECTIONS,
    ...TOP_KEYS,
    ...Object.values({ ...LISTS, ...TABLES }).flatMap((schema) =>
      ["", "file", "http", "dns", "kubernetes", "wecom", "webhook", "email", "elasticsearch", "otlp"].flatMap(
        (kind) => findLegalKeys(schema, [], { kind }),
      ),
    ),
    ...findLegalKeys(checkSchema, [], { kind: "http" }),
    ...CHECK_KINDS.flatMap(optionKeys),
    "rules",
    "threshold",
    "password",
    "bearer_vault",
    "host",
    "mysql_primary",
    "__proto__x",
    "中文",
  ]),
];
const TEXTS = [
  "a",
  "*",
  "5m",
  "1GiB",
  "15%",
  "up < 1",
  "latency_ms > 300 OR",
  "http://h:1",
  "secret/x#y",
  "0 3 * * *",
  "redis",
  ...CHECK_KINDS,
];

const scalar = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ maxLength: 12 }),
  fc.integer({ min: -10, max: 100_000 }),
  fc.double({ noNaN: true, min: -5, max: 5 }),
  fc.boolean(),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "medium" },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    tie("table"),
  ),
  table: fc.dictionary(fc.constantFrom(...KEYS), tie("value"), { maxKeys: 6 }),
}));
const table = fc.dictionary(fc.constantFrom(...KEYS), value, { maxKeys: 6 });
const file = fc.dictionary(
  fc.constantFrom(...KEYS),
  fc.oneof(value, table, fc.array(table, { maxLength: 3 })),
  { maxKeys: 6 },
);

function judge(text: string): void {
  const { config, errors, warnings } = loadPatrolConfig(text);
  expect(config === null).toBe(errors.length > 0);
  const lines = text.split("\n").length;
  for (const { place, message } of [...errors, ...warnings]) {
    expect(place.line, message).toBeGreaterThan(0);
    expect(place.line, message).toBeLessThanOrEqual(lines);
    expect(place.column, message).toBeGreaterThan(0);
    expect(place.endColumn, message).toBeGreaterThan(place.column);
  }
  renderProblems([...errors, ...warnings], { file: "f", text, style: (_, words) => words });
}

describe("whatever a file holds", () => {
  it("is told with places, and never throws", () => {
    fc.assert(
      fc.property(file, (content) => judge(stringify(content))),
      { numRuns: 200 },
    );
  });

  it("is told so even if it is no TOML", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."[]={}\"'#.,\n\r\t ab1-_é中\u0000".split("")), maxLength: 60 }),
        judge,
      ),
      { numRuns: 500 },
    );
  });
});
