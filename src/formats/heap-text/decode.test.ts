import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toPlainProfile } from "../../../test/support/plain-profile.ts";
import { parseRawProfile } from "../../../test/support/pprof-raw.ts";
import {
  anyMutation,
  bytesOf,
  decodeOrRefuse,
  decodePrefixes,
  readCapture,
} from "../../../test/support/text-captures.ts";
import { checkProfile, type Profile } from "../../tables/profile.ts";
import { decodeSymbolText } from "../symbol-text/decode.ts";
import { decodeHeapText } from "./decode.ts";
import { findUnsymbolizedAddresses } from "./unsymbolized.ts";

const VERSIONS = ["go1.19", "go1.23", "go1.27"];

describe.each(VERSIONS)("heap?debug=1 of %s", (version) => {
  const { profile, memStats, damage } = decodeHeapText(readCapture(`${version}/heap.txt`));

  test("is whole and sound", () => {
    checkProfile(profile);
    expect(damage).toEqual([]);
  });

  test("has the numbers that go tool pprof reads from it", () => {
    const raw = parseRawProfile(new TextDecoder().decode(readCapture(`${version}/heap.txt.raw`)));
    const plain = toPlainProfile(profile);
    expect(plain.sampleTypes.map((type) => type.join("/"))).toEqual(raw.sampleTypes);
    expect(profile.period).toBe(BigInt(raw.period));
    const theirs = raw.samples.map((sample) => ({
      ...sample,
      stack: sample.locations.map((id) => raw.locations.get(id)!.address.toString(16)).join(" "),
    }));
    const ours = plain.samples.map((sample) => ({
      values: sample.values.map(Number),
      bytesLabel: Number(sample.labels[0]!.num),
      stack: sample.locations.map((location) => plain.locations[location]!.address.toString(16)).join(" "),
    }));
    expect(sumByStack(ours)).toEqual(sumByStack(theirs));
  });

  test("says function by function what the protobuf profile of the same moment says", () => {
    const raw = parseRawProfile(new TextDecoder().decode(readCapture(`${version}/heap.pb.gz.raw`)));
    const ours = samplesByFrames(profile).map((sample) => ({ ...sample, stack: hideRuntime(sample.stack) }));
    const theirs = raw.samples.map((sample) => ({
      ...sample,
      // Text shortens the arguments of generic functions.
      stack: sample.locations
        .flatMap((id) => raw.locations.get(id)!.lines)
        .join("\n")
        .replaceAll(/\[go\.shape\.\S*\](?=[).])/g, "[...]"),
    }));
    expect(sumByStack(ours)).toEqual(sumByStack(theirs));
  });

  test("leaves without a line what Go hides, and /debug/pprof/symbol has the names of just that", () => {
    const { symbols } = decodeSymbolText(readCapture(`${version}/symbol.txt`));
    const hidden = Array.from(findUnsymbolizedAddresses(profile), (address) => symbols.get(address) ?? "");
    expect(hidden.length).toBeGreaterThan(5);
    expect(hidden.filter((name) => !/^(internal\/runtime\/|runtime\.)/.test(name))).toEqual([]);
    // Go leaves out the runtime function that asked for the memory before 1.26.
    expect(hidden.includes("runtime.growslice")).toBe(version === "go1.27");
    expect(hidden.some((name) => name.startsWith("runtime.mapassign"))).toBe(true);

    const plain = toPlainProfile(profile);
    for (const location of plain.locations) {
      const line = location.lines[0];
      if (line === undefined) continue;
      expect(plain.functions[line.function]!.name).toBe(symbols.get(location.address));
    }
  });

  test("carries runtime.MemStats, with no goal where the collector is off", () => {
    expect(memStats).toMatchObject({ nextGC: Number.POSITIVE_INFINITY, numForcedGC: 1 });
    const { sys, heapSys, heapInuse, heapIdle, stackInuse, stackSys, maxRSS, pauseTotalNs, gcCPUFraction } =
      memStats!;
    expect(heapInuse! + heapIdle!).toBe(heapSys);
    expect(sys).toBeGreaterThan(heapSys!);
    expect(stackSys).toBeGreaterThanOrEqual(stackInuse!);
    expect(maxRSS).toBeGreaterThan(2 ** 20);
    expect(pauseTotalNs).toBeGreaterThan(0);
    expect(gcCPUFraction).toBeGreaterThan(0);
  });
});

test("MemStats are the numbers that are printed", () => {
  const { memStats } = decodeHeapText(readCapture("go1.27/heap.txt"));
  const printed = new Map(
    Array.from(
      new TextDecoder().decode(readCapture("go1.27/heap.txt")).matchAll(/^# (\w+) = (.*)$/gm),
      ([, name, value]) => [name, value],
    ),
  );
  expect(memStats).toMatchObject({
    alloc: Number(printed.get("Alloc")),
    totalAlloc: Number(printed.get("TotalAlloc")),
    mallocs: Number(printed.get("Mallocs")),
    frees: Number(printed.get("Frees")),
    heapReleased: Number(printed.get("HeapReleased")),
    gcSys: Number(printed.get("GCSys")),
    lastGC: Number(printed.get("LastGC")),
    gcCPUFraction: Number(printed.get("GCCPUFraction")),
  });
  expect(`${memStats!.mspanInuse} / ${memStats!.mspanSys}`).toBe(printed.get("MSpan"));
});

describe("the rules of google/pprof", () => {
  const heap = (records: string, header = "1: 100 [2: 300] @ heap/1048576") =>
    decodeHeapText(bytesOf(`heap profile: ${header}\n${records}\n# runtime.MemStats\n# DebugGC = false\n`));
  const values = (records: string, header?: string) =>
    toPlainProfile(heap(records, header).profile).samples.map((sample) => sample.values.map(Number));

  test("a record is divided by the chance that it was sampled, allocated and in use each for itself", () => {
    // From google/pprof's own example (gobench.heap): the header's rate is twice the period.
    expect(values("1: 524288 [3: 1572864] @ 0x420cef")).toEqual([[4, 2488234, 1, 829411]]);
    expect(values("4: 64 [9: 144] @ 0x1")).toEqual([[294916, 4718664, 131074, 2097184]]);
  });

  test("rate 1 samples everything, and heapprofile was never sampled", () => {
    expect(values("1: 16 [2: 32] @ 0x1", "1: 16 [2: 32] @ heap/2")).toEqual([[2, 32, 1, 16]]);
    expect(values("1: 16 [2: 32] @ 0x1", "1: 16 [2: 32] @ heapprofile")).toEqual([[2, 32, 1, 16]]);
    expect(values("1: 1024 [2: 2048] @ 0x1", "1: 1 [2: 2] @ heap_v2/512")).toEqual([[2, 2368, 1, 1184]]);
  });

  test("where allocated equals in use there are two columns", () => {
    const { profile } = heap("1: 16 [1: 16] @ 0x1", "1: 16 [1: 16] @ heap/2");
    expect(toPlainProfile(profile).sampleTypes).toEqual([
      ["objects", "count"],
      ["space", "bytes"],
    ]);
  });

  test("the object's size comes from what is in use, else from what was allocated", () => {
    const { profile } = heap("2: 100 [4: 400] @ 0x1\n\n0: 0 [4: 400] @ 0x2");
    const labels = toPlainProfile(profile).samples.map((sample) => sample.labels);
    expect(labels).toEqual([
      [{ key: "bytes", num: 50n, numUnit: "" }],
      [{ key: "bytes", num: 100n, numUnit: "" }],
    ]);
  });

  test("an int64 that no double holds stays exact", () => {
    const { profile } = heap("1: 9007199254740993 [2: 9007199254740995] @ 0x1", "0: 0 [0: 1] @ heap/2");
    expect(toPlainProfile(profile).samples[0]!.values).toEqual([
      2n,
      9007199254740995n,
      1n,
      9007199254740993n,
    ]);
  });

  test("a record that cannot be is left out, with the stack that follows it", () => {
    const { profile, damage } = heap(
      "0: 5 [2: 300] @ 0x1\n#\t0x0\tmain.a+0x1\ta.go:1\n\n1: 5 [0: 300] @ 0x1\n\nhello\n\n1: 5 [2: 300] @ 0x1 zz\n\n1: 99999999999999999999 [2: 300] @ 0x1\n\n1: 100 [2: 300] @ 0x11\n",
    );
    const plain = toPlainProfile(profile);
    expect(plain.samples).toHaveLength(1);
    expect(plain.functions).toEqual([]);
    expect(damage.map(({ what }) => what)).toEqual(
      Array(5).fill("a line that is no heap record was left out"),
    );
    expect(damage[0]!.offset).toBe("heap profile: 1: 100 [2: 300] @ heap/1048576\n".length);
  });
});

test("a frame that Go put in between is a further line of the call before it", () => {
  const text = [
    "heap profile: 1: 100 [2: 300] @ heap/1048576",
    "1: 100 [2: 300] @ 0x9 0x1001 0x2001 0x3000",
    "#\t0x1000\tmain.inner+0x1\t\tmain.go:1",
    "#\t0x1100\tmain.outer+0x101\tmain.go:2",
    "#\t0x2000\tmain.caller+0x1\tmain.go:3",
    // A PC at a function's entry is printed as it is.
    "#\t0x3000\tmain.entry+0x0\tC:/src/main.go:4",
    "",
    "# runtime.MemStats",
    "# DebugGC = false",
    "",
  ].join("\n");
  const { profile, damage } = decodeHeapText(bytesOf(text));
  expect(damage).toEqual([]);
  expect(samplesByFrames(profile)[0]!.stack.split("\n")).toEqual([
    "main.inner main.go:1",
    "main.outer main.go:2",
    "main.caller main.go:3",
    "main.entry C:/src/main.go:4",
  ]);
  expect(Array.from(findUnsymbolizedAddresses(profile))).toEqual([8n]);
});

test("addresses have all their 64 bits", () => {
  const { profile } = decodeHeapText(
    bytesOf("heap profile: 1: 1 [2: 2] @ heap/2\n1: 1 [2: 2] @ 0xffffffff81000000 0x100000000 0x0\n"),
  );
  expect(Array.from(profile.locations.address)).toEqual([0xffffffff80ffffffn, 0xffffffffn]);
});

test("a text cut off anywhere gives what is whole, and says that something is missing", () => {
  const bytes = readCapture("go1.27/heap.txt").subarray(0, 5000);
  const whole = toPlainProfile(decodeHeapText(bytes).profile);
  decodePrefixes(bytes, decodeHeapText, ({ profile, damage }) => {
    expect(damage.length).toBeGreaterThan(0);
    const kept = profile.samples.length;
    expect(toPlainProfile(profile).samples.map((sample) => sample.values)).toEqual(
      whole.samples.slice(0, kept).map((sample) => sample.values),
    );
  });
});

test("a trailer cut off anywhere gives no field but whole ones", () => {
  const bytes = readCapture("go1.27/heap.txt");
  const { memStats } = decodeHeapText(bytes);
  const trailer = new TextDecoder().decode(bytes).indexOf("# runtime.MemStats");
  const tail = new Uint8Array([...bytes.subarray(0, 46), ...bytes.subarray(trailer)]);
  decodePrefixes(tail, decodeHeapText, (decoded) => {
    for (const [field, value] of Object.entries(decoded.memStats ?? {})) {
      expect(value).toBe(memStats![field as keyof typeof memStats]);
    }
  });
});

test("changed at random it decodes to a sound profile or is refused", () => {
  fc.assert(
    fc.property(anyMutation(readCapture("go1.27/heap.txt").subarray(0, 6000)), (bytes) => {
      const decoded = decodeOrRefuse(bytes, decodeHeapText);
      if (decoded !== undefined) checkProfile(decoded.profile);
    }),
    { numRuns: 500 },
  );
});

test("what is no heap text is refused", () => {
  for (const text of [
    "",
    "\n",
    "404 page not found\n",
    "heap profile: 1: 2 [3: 4] @ contentionz\n",
    "heap profile",
  ]) {
    expect(() => decodeHeapText(bytesOf(text))).toThrow(/heap-text: the first line is not/);
  }
});

test("a stack of a thousand strange comments costs no more than its length", () => {
  const comments = "#\t0x1\tf+0x1\tf.go:1\n".repeat(100_000);
  const stack = " 0x7fffffff".repeat(2000);
  const { profile } = decodeHeapText(
    bytesOf(`heap profile: 1: 1 [2: 2] @ heap/2\n1: 1 [2: 2] @${stack}\n${comments}`),
  );
  expect(profile.samples.location.length).toBe(2000);
});

/** Samples with the names and lines of their stacks, without frames that have none. */
function samplesByFrames(profile: Profile): { values: number[]; bytesLabel: number; stack: string }[] {
  const plain = toPlainProfile(profile);
  return plain.samples.map((sample) => ({
    values: sample.values.map(Number),
    bytesLabel: Number(sample.labels[0]!.num),
    stack: sample.locations
      .flatMap((location) => plain.locations[location]!.lines)
      .map(({ function: index, line }) => {
        const { name, filename } = plain.functions[index]!;
        return `${name} ${filename}:${line}`;
      })
      .join("\n"),
  }));
}

/**
 * Without runtime frames at the leaf, if there are others, as a protobuf profile is. A location that is hidden in one
 * stack has a name from another that has nothing but runtime frames.
 */
function hideRuntime(stack: string): string {
  const frames = stack.split("\n");
  const first = frames.findIndex((frame) => !/^(internal\/runtime\/|runtime\.)/.test(frame));
  return first < 0 ? stack : frames.slice(first).join("\n");
}

/** Sums of the values by stack and object size, without rows of zeros: both sides merge and leave out as they like. */
function sumByStack(
  samples: { values: number[]; bytesLabel: number; stack: string }[],
): Map<string, number[]> {
  const sums = new Map<string, number[]>();
  for (const { values, bytesLabel, stack } of samples) {
    if (values.every((value) => value === 0)) continue;
    const key = `${bytesLabel} ${stack}`;
    const sum = sums.get(key);
    sums.set(key, sum === undefined ? values : sum.map((value, i) => value + values[i]!));
  }
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}
