import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { parseQuery } from "../../src/heap/answers/query/parse-query.ts";
import { QueryError } from "../../src/heap/answers/query/query-expression.ts";
import { queryObjects } from "../../src/heap/answers/query/query-objects.ts";
import type { HeapSnapshot } from "../../src/heap/heap-snapshot.ts";
import { readRecordedHeap } from "../support/known-heap.ts";

/** Of test/fixtures/heap/known, built by Go 1.26 with debug information. */
describe("query", () => {
  let heap: HeapSnapshot;
  const count = (filter: string) => queryObjects(heap, filter, 5).objects;

  beforeAll(async () => {
    heap = await readRecordedHeap("go1.26.8");
  });

  test("objects by type, size and what they keep", () => {
    expect(count('type ~ "^main.Block$" and bytes > 500')).toBe(300);
    expect(count("type = main.Block bytes > 1MiB")).toBe(0);
    const { largest } = queryObjects(heap, "retained >= 64KiB", 5);
    expect(largest.length).toBe(5);
    expect(largest.every((step) => step.retainedBytes >= 65536)).toBe(true);
    expect([...largest].sort((a, b) => b.retainedBytes - a.retainedBytes)).toEqual(largest);
  });

  test("and, or, not and brackets are a calculus", () => {
    const all = count("");
    const sessions = count("type ~ Session");
    const large = count("bytes >= 128");
    const both = count("type ~ Session and bytes >= 128");
    expect(count("not type ~ Session")).toBe(all - sessions);
    expect(count("type !~ Session")).toBe(all - sessions);
    expect(count("type ~ Session or bytes >= 128")).toBe(sessions + large - both);
    expect(count("type ~ Session bytes >= 128")).toBe(both);
    expect(count("not (type ~ Session or bytes >= 128)")).toBe(all - sessions - large + both);
    expect(count("type ~ Session or bytes >= 128 and bytes < 128")).toBe(sessions);
  });

  test("by package, kind, owner and address", () => {
    expect(count("package = main and type = main.Block")).toBe(300);
    const kinds = "struct array map channel closure string slice pointer interface number runtime unknown";
    const total = kinds.split(" ").reduce((sum, kind) => sum + count(`kind = ${kind}`), 0);
    expect(total).toBe(count(""));
    expect(count('kind = map and owner ~ "^main.counters$"')).toBeGreaterThan(0);
    const [block] = queryObjects(heap, "type = main.Block", 1).largest;
    const address = `0x${(block!.address + 8).toString(16)}`;
    expect(queryObjects(heap, `address = ${address}`, 1).largest).toEqual([block]);
    expect(count(`address < ${address}`) + count(`address >= ${address}`)).toBe(count(""));
  });

  test("what a variable reaches, and what it alone keeps", () => {
    const reached = queryObjects(heap, "reachable from main.blocks and type = main.Block", 1);
    expect(reached.objects).toBe(300);
    const kept = queryObjects(heap, "kept by main.blocks", 1);
    expect(kept.retainedBytes).toBe(kept.bytes);
    const [largest] = kept.largest;
    expect(count(`reachable from 0x${largest!.address.toString(16)} and type = main.Block`)).toBe(300);
  });

  test("a path is called as reports call it", () => {
    const [step] = queryObjects(heap, 'type = "main.User"', 1).largest;
    expect(count(`reachable from "${step!.name}" and type = main.User`)).toBeGreaterThan(0);
  });

  test.each([
    ["colour = red", 1, "is not a field"],
    ["type ~ x and sise > 1", 14, 'did you mean "size"'],
    ["retained ~ x", 10, "one of > >="],
    ["type > 1", 6, "one of ~"],
    ["bytes > many", 9, "not a size"],
    ["bytes >", 8, "a value is missing"],
    ["kind = strct", 8, 'did you mean "struct"'],
    ["type ~ (", 8, "not a regular expression"],
    ['type ~ "x', 8, "never closed"],
    ["(bytes > 1", 1, "never closed"],
    ["bytes > 1)", 10, "nothing opened"],
    ["bytes > 1 and", 14, "a condition is missing"],
    ["reachable main.x", 11, 'there must be "from"'],
    ["address = here", 11, "not an address"],
  ])("%s is wrong at character %i", (filter, character, why) => {
    const parse = () => parseQuery(filter);
    expect(parse).toThrow(why);
    expect(parse).toThrow(`at character ${character}:`);
  });

  test("whatever is asked is answered or refused with a place in it", () => {
    const words = [
      "type",
      "bytes",
      "and",
      "or",
      "not",
      "(",
      ")",
      "~",
      ">",
      "=",
      '"',
      "'",
      "x",
      "1MiB",
      "reachable",
      "from",
      "kept by",
      "\\",
      "0x1",
      "kind",
    ];
    const filter = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...words)).map((each) => each.join(" ")),
    );
    fc.assert(
      fc.property(filter, (text) => {
        try {
          parseQuery(text);
        } catch (error) {
          expect(error).toBeInstanceOf(QueryError);
          expect((error as QueryError).at).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("a name that is not there is told with its place", () => {
    expect(() => count("bytes > 1 and kept by main.nothing")).toThrow(
      'character 23: nothing is called "main.nothing"',
    );
  });

  test("an expression of backtracking takes no longer than another", () => {
    expect(count('type ~ "^(([a-z.]+)+)+$x"')).toBe(0);
    expect(() => parseQuery("not ".repeat(5000))).toThrow("not");
    expect(() => parseQuery("(".repeat(500))).toThrow("brackets");
  });
});
