import fc from "fast-check";
import { expect, test } from "vitest";
import {
  anyMutation,
  bytesOf,
  decodeOrRefuse,
  decodePrefixes,
  readCapture,
} from "../../../test/support/text-captures.ts";
import { decodeExpvar } from "./decode.ts";

test.each(["go1.19", "go1.23", "go1.27"])("/debug/vars of %s", (version) => {
  const bytes = readCapture(`${version}/expvar.json`);
  const { memStats, cmdline, metrics, damage } = decodeExpvar(bytes);
  const parsed = JSON.parse(new TextDecoder().decode(bytes)) as {
    cmdline: string[];
    memstats: Record<string, number>;
  };
  expect(damage).toEqual([]);
  expect(metrics).toEqual([]);
  expect(cmdline).toEqual(parsed.cmdline);
  expect(memStats).toMatchObject({
    heapAlloc: parsed.memstats["HeapAlloc"],
    mcacheSys: parsed.memstats["MCacheSys"],
    pauseTotalNs: parsed.memstats["PauseTotalNs"],
    numGC: parsed.memstats["NumGC"],
    gcCPUFraction: parsed.memstats["GCCPUFraction"],
    nextGC: Number.POSITIVE_INFINITY,
  });
  expect(Object.keys(memStats!)).toHaveLength(26);
});

test("a program's own numbers are metrics, as Go prints them and not as JSON must be", () => {
  const { metrics, damage } = decodeExpvar(
    bytesOf(
      '{\n"a": 1,\n"b": -2.5e3,\n"c": NaN,\n"d": +Inf,\n"e": "3",\n"f": {"g": 4},\n"h": [5],\n"i": true,\n"j": null,\n"k": 1e\n}\n',
    ),
  );
  expect(metrics.map(({ name, value }) => [name, value])).toEqual([
    ["a", 1],
    ["b", -2500],
    ["c", Number.NaN],
    ["d", Number.POSITIVE_INFINITY],
  ]);
  expect(damage).toEqual([]);
});

test("an object cut off anywhere gives what came before, whole", () => {
  const bytes = readCapture("go1.27/expvar.json");
  const { memStats, cmdline } = decodeExpvar(bytes);
  decodePrefixes(bytes.subarray(0, 1200), decodeExpvar, (decoded) => {
    expect(decoded.damage).toHaveLength(1);
    if (decoded.cmdline !== undefined) expect(decoded.cmdline).toEqual(cmdline);
    for (const [field, value] of Object.entries(decoded.memStats ?? {})) {
      expect(value).toBe(memStats![field as keyof typeof memStats]);
    }
  });
  expect(decodeExpvar(bytes.subarray(0, 400)).memStats).toMatchObject({ heapAlloc: memStats!.heapAlloc });
});

test("names that mean something to JavaScript are names", () => {
  const { metrics } = decodeExpvar(
    bytesOf('{"__proto__": 1, "constructor": 2, "memstats": {"__proto__": 3, "Sys": 4}}'),
  );
  expect(metrics.map(({ name }) => name)).toEqual(["__proto__", "constructor"]);
});

test("changed at random it is decoded or refused", () => {
  fc.assert(
    fc.property(anyMutation(readCapture("go1.27/expvar.json").subarray(0, 1500)), (bytes) => {
      decodeOrRefuse(bytes, decodeExpvar);
    }),
    { numRuns: 500 },
  );
});

test("deep nesting is counted, not descended into", () => {
  const { metrics } = decodeExpvar(bytesOf(`{"deep": ${"[".repeat(1e6)}${"]".repeat(1e6)}, "a": 1}`));
  expect(metrics).toHaveLength(1);
});

test("what is no expvar is refused", () => {
  for (const text of ["", "[]", "{}", "null", '{"a": "b"}', '{"a": {"b": 1}}', "<html>"]) {
    expect(() => decodeExpvar(bytesOf(text))).toThrow(/expvar: no JSON object/);
  }
});
