import type { Profile } from "../../src/tables/profile.ts";
import { noMappings } from "../../src/tables/profile.ts";
import { InternedStringTable } from "../../src/tables/string-table.ts";

/**
 * A heap profile from lines such as
 *
 *     alloc_objects alloc_bytes inuse_objects inuse_bytes @ main.put:16 main.main:28
 *
 * leaf first. A function may carry a file, `fmt.Sprintf:240@/go/src/fmt/print.go`; without one it lies in
 * /src/<package>.go, and runtime functions in GOROOT. `bytes=N` before the @ sets the size label.
 */
export function heapProfileFromText(text: string, { periodBytes = 512 * 1024 } = {}): Profile {
  return build(text, ["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"], periodBytes);
}

/** A goroutine profile from lines `count @ leaf:1 caller:2`. */
export function goroutineProfileFromText(text: string): Profile {
  return build(text, ["goroutine"], 1);
}

function build(text: string, types: readonly string[], period: number): Profile {
  const strings = new InternedStringTable();
  const rows = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const functionIndex = new Map<string, number>();
  const names: number[] = [];
  const files: number[] = [];
  const locationIndex = new Map<string, number>();
  const locationFunction: number[] = [];
  const locationLine: number[] = [];
  const locationStart = [0];
  const location: number[] = [];
  const values = types.map((): number[] => []);
  const labelStart = [0];
  const labelNum: bigint[] = [];
  for (const row of rows) {
    const [head, stack] = row.split("@ ") as [string, string];
    const words = head.trim().split(/\s+/);
    const size = words.find((word) => word.startsWith("bytes="));
    const numbers = words.filter((word) => !word.includes("=")).map(Number);
    for (const [c, column] of values.entries()) column.push(numbers[c] ?? 0);
    if (size !== undefined) labelNum.push(BigInt(size.slice("bytes=".length)));
    labelStart.push(labelNum.length);
    for (const frame of stack.trim().split(/\s+/)) location.push(locationOf(frame));
    locationStart.push(location.length);
  }
  return {
    strings,
    sampleTypes: types.map((type) => ({ type: strings.intern(type), unit: strings.intern(unitOf(type)) })),
    samples: {
      length: rows.length,
      locationStart: Uint32Array.from(locationStart),
      location: Uint32Array.from(location),
      columns: values.map((column) => ({ value: Float64Array.from(column) })),
      label: {
        start: Uint32Array.from(labelStart),
        key: new Uint32Array(labelNum.length).fill(strings.intern("bytes")),
        str: new Uint32Array(labelNum.length),
        num: BigInt64Array.from(labelNum),
        numUnit: new Uint32Array(labelNum.length),
      },
    },
    locations: {
      length: locationFunction.length,
      id: BigUint64Array.from(locationFunction, (_, i) => BigInt(i + 1)),
      mapping: new Int32Array(locationFunction.length).fill(-1),
      address: BigUint64Array.from(locationFunction, (_, i) => BigInt(0x400000 + i)),
      isFolded: new Uint8Array(locationFunction.length),
      lineStart: Uint32Array.from({ length: locationFunction.length + 1 }, (_, i) => i),
      lineFunction: Int32Array.from(locationFunction),
      line: Float64Array.from(locationLine),
      column: new Float64Array(locationFunction.length),
    },
    functions: {
      length: names.length,
      id: BigUint64Array.from(names, (_, i) => BigInt(i + 1)),
      name: Uint32Array.from(names),
      systemName: Uint32Array.from(names),
      filename: Uint32Array.from(files),
      startLine: new Float64Array(names.length),
    },
    mappings: noMappings(),
    dropFrames: strings.intern(""),
    keepFrames: strings.intern(""),
    timeNanos: 0n,
    durationNanos: 0n,
    periodType: undefined,
    period: BigInt(period),
    comments: [],
    defaultSampleType: strings.intern(""),
    docUrl: strings.intern(""),
  };

  function locationOf(frame: string): number {
    const known = locationIndex.get(frame);
    if (known !== undefined) return known;
    // A file of the module cache has an @ of its own.
    const [named, ...rest] = frame.split("@");
    const file = rest.length === 0 ? undefined : rest.join("@");
    const colon = named!.lastIndexOf(":");
    const name = named!.slice(0, colon);
    const index = locationFunction.length;
    locationIndex.set(frame, index);
    locationFunction.push(functionOf(name, file ?? defaultFile(name)));
    locationLine.push(Number(named!.slice(colon + 1)));
    return index;
  }

  function functionOf(name: string, file: string): number {
    const key = `${name}\0${file}`;
    const known = functionIndex.get(key);
    if (known !== undefined) return known;
    const index = names.length;
    functionIndex.set(key, index);
    names.push(strings.intern(name));
    files.push(strings.intern(file));
    return index;
  }
}

function defaultFile(name: string): string {
  const path = name.slice(0, name.indexOf(".", name.lastIndexOf("/") + 1));
  return /^(runtime|internal\/runtime)/.test(name) ? `/usr/local/go/src/${path}/x.go` : `/src/${path}.go`;
}

function unitOf(type: string): string {
  return type.endsWith("_space") ? "bytes" : "count";
}
