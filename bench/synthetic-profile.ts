import { HAS_FUNCTIONS, type Profile } from "../src/tables/profile.ts";
import { InternedStringTable } from "../src/tables/string-table.ts";

export interface ProfileSize {
  samples: number;
  framesPerSample: number;
  locations: number;
  functions: number;
}

/** The large heap profile that decoders are measured on: about 18 MB as protobuf. */
export const LARGE_HEAP: ProfileSize = {
  samples: 200_000,
  framesPerSample: 20,
  locations: 50_000,
  functions: 20_000,
};

/** A heap profile of any size, the same for the same seed: four columns, a `bytes` label, stacks of 10 to 30 frames. */
export function makeHeapProfile(size: ProfileSize, seed = 1): Profile {
  const random = makeRandom(seed);
  const strings = new InternedStringTable();
  const ids = (length: number): BigUint64Array => BigUint64Array.from({ length }, (_, at) => BigInt(at + 1));
  const zeros = (length: number): Uint32Array => new Uint32Array(length);
  const valueType = (type: string, unit: string) => ({
    type: strings.intern(type),
    unit: strings.intern(unit),
  });
  const sampleTypes = [
    valueType("alloc_objects", "count"),
    valueType("alloc_space", "bytes"),
    valueType("inuse_objects", "count"),
    valueType("inuse_space", "bytes"),
  ];

  const functionNames = Array.from({ length: size.functions }, (_, at) =>
    strings.intern(`example.com/shop/internal/package${at % 400}.(*Type${at % 3000}).Method${at}`),
  );
  const locationStart = new Uint32Array(size.samples + 1);
  for (let at = 0; at < size.samples; at++) {
    const frames = Math.floor(size.framesPerSample * (0.5 + random()));
    locationStart[at + 1] = locationStart[at]! + frames;
  }
  const columns = sampleTypes.map(() => ({ value: new Float64Array(size.samples) }));
  const objectBytes = new BigInt64Array(size.samples);
  for (let at = 0; at < size.samples; at++) {
    const bytes = 8 << Math.floor(random() * 12);
    const allocated = 1 + Math.floor(random() * 100_000);
    const inUse = Math.floor(allocated * random() * random());
    for (const [column, value] of [allocated, allocated * bytes, inUse, inUse * bytes].entries()) {
      columns[column]!.value[at] = value;
    }
    objectBytes[at] = BigInt(bytes);
  }
  const counted = Uint32Array.from({ length: size.samples + 1 }, (_, at) => at);
  return {
    strings,
    sampleTypes,
    samples: {
      length: size.samples,
      locationStart,
      location: Uint32Array.from({ length: locationStart[size.samples]! }, () =>
        Math.floor(random() * size.locations),
      ),
      columns,
      label: {
        start: counted,
        key: zeros(size.samples).fill(strings.intern("bytes")),
        str: zeros(size.samples),
        num: objectBytes,
        numUnit: zeros(size.samples),
      },
    },
    locations: {
      length: size.locations,
      id: ids(size.locations),
      mapping: new Int32Array(size.locations),
      address: BigUint64Array.from({ length: size.locations }, (_, at) => BigInt(0x40_0000 + 37 * at)),
      isFolded: new Uint8Array(size.locations),
      lineStart: Uint32Array.from({ length: size.locations + 1 }, (_, at) => at),
      lineFunction: Int32Array.from({ length: size.locations }, (_, at) => at % size.functions),
      line: Float64Array.from({ length: size.locations }, () => 1 + Math.floor(random() * 2000)),
      column: new Float64Array(size.locations),
    },
    functions: {
      length: size.functions,
      id: ids(size.functions),
      name: Uint32Array.from(functionNames),
      systemName: Uint32Array.from(functionNames),
      filename: Uint32Array.from({ length: size.functions }, (_, at) =>
        strings.intern(`/src/example.com/shop/internal/package${at % 400}/file${at % 1000}.go`),
      ),
      startLine: new Float64Array(size.functions).fill(1),
    },
    mappings: {
      length: 1,
      id: BigUint64Array.of(1n),
      memoryStart: BigUint64Array.of(0x40_0000n),
      memoryLimit: BigUint64Array.of(0x80_0000n),
      fileOffset: BigUint64Array.of(0n),
      filename: Uint32Array.of(strings.intern("/usr/bin/shop")),
      buildId: zeros(1),
      has: Uint8Array.of(HAS_FUNCTIONS),
    },
    dropFrames: strings.intern(""),
    keepFrames: strings.intern(""),
    timeNanos: 1_700_000_000_000_000_000n,
    durationNanos: 0n,
    periodType: valueType("space", "bytes"),
    period: 524_288n,
    comments: [],
    defaultSampleType: strings.intern("inuse_space"),
    docUrl: strings.intern(""),
  };
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
