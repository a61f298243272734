import { NONE, type Profile } from "../tables/profile.ts";
import { EMPTY_STRING, type StringIndex } from "../tables/string-table.ts";
import { ExtendedStringTable } from "./extended-strings.ts";
import { readSampleLabels, type SampleLabels } from "./labels.ts";
import { formatMeasure } from "./measurement.ts";
import { SampleRewriter } from "./rewrite-tables.ts";

export interface TagFrames {
  profile: Profile;
  matched: { root: boolean; leaf: boolean };
}

/**
 * Gives every sample a frame for each label key: at the root, the first key outermost, and at the leaf, the last key
 * innermost (google/pprof, internal/driver/tagroot.go). The frame's function is the label's value, its file the key.
 */
export function addTagFrames(
  profile: Profile,
  rootKeys: readonly string[],
  leafKeys: readonly string[],
  outputUnit: string,
): TagFrames {
  const matched = { root: false, leaf: false };
  const { samples, locations, functions } = profile;
  if (rootKeys.length + leafKeys.length === 0) return { profile, matched };
  const strings = new ExtendedStringTable(profile.strings);
  const frames: { name: StringIndex; file: StringIndex }[] = [];
  const frameOf = new Map<string, number>();
  const rewriter = new SampleRewriter(samples, samples.length * (rootKeys.length + leafKeys.length));
  for (let sample = 0; sample < samples.length; sample++) {
    const labels = readSampleLabels(profile, sample);
    if (pushFrames(labels, leafKeys)) matched.leaf = true;
    rewriter.pushStack(samples.locationStart[sample]!, samples.locationStart[sample + 1]!);
    if (pushFrames(labels, rootKeys)) matched.root = true;
    rewriter.keep(sample);
  }
  return { profile: build(), matched };

  /** Pushes the first key last; true if the sample has a value for any. */
  function pushFrames(labels: SampleLabels, keys: readonly string[]): boolean {
    let hasValue = false;
    for (const key of keys.toReversed()) {
      const values = formatLabelValues(labels, key, outputUnit);
      hasValue ||= values.length > 0;
      const name = values.join(",");
      const identity = JSON.stringify([name, key]);
      let frame = frameOf.get(identity);
      if (frame === undefined) {
        frame = frames.push({ name: strings.add(name), file: strings.add(key) }) - 1;
        frameOf.set(identity, frame);
      }
      rewriter.pushLocation(locations.length + frame);
    }
    return hasValue;
  }

  function build(): Profile {
    const count = frames.length;
    const lines = locations.lineFunction.length;
    return {
      ...profile,
      strings,
      samples: rewriter.finish(),
      functions: {
        length: functions.length + count,
        id: withNewIds(functions.id, count),
        name: extend(
          functions.name,
          Uint32Array.from(frames, (frame) => frame.name),
        ),
        systemName: extend(functions.systemName, new Uint32Array(count).fill(EMPTY_STRING)),
        filename: extend(
          functions.filename,
          Uint32Array.from(frames, (frame) => frame.file),
        ),
        startLine: extend(functions.startLine, new Float64Array(count)),
      },
      locations: {
        length: locations.length + count,
        id: withNewIds(locations.id, count),
        mapping: extend(locations.mapping, new Int32Array(count).fill(NONE)),
        address: extend(locations.address, new BigUint64Array(count)),
        isFolded: extend(locations.isFolded, new Uint8Array(count)),
        lineStart: extend(
          locations.lineStart,
          Uint32Array.from({ length: count }, (_, at) => lines + at + 1),
        ),
        lineFunction: extend(
          locations.lineFunction,
          Int32Array.from({ length: count }, (_, at) => functions.length + at),
        ),
        line: extend(locations.line, new Float64Array(count)),
        column: extend(locations.column, new Float64Array(count)),
      },
    };
  }
}

function formatLabelValues(labels: SampleLabels, key: string, outputUnit: string): string[] {
  const values = [...(labels.strings.get(key) ?? [])];
  const numbers = labels.numbers.get(key);
  if (numbers === undefined) return values;
  const hasUnits = numbers.units.some((unit) => unit !== "");
  for (const [at, value] of numbers.values.entries()) {
    values.push(formatMeasure(Number(value), numbers.units[at]!, hasUnits ? outputUnit : ""));
  }
  return values;
}

type Column = Uint8Array | Uint32Array | Int32Array | Float64Array | BigUint64Array;

function extend<T extends Column>(column: T, added: T): T {
  const joined = new (column.constructor as new (length: number) => T)(column.length + added.length);
  joined.set(column as never);
  joined.set(added as never, column.length);
  return joined;
}

/** New rows get the ids behind the largest there is. */
function withNewIds(ids: BigUint64Array, count: number): BigUint64Array {
  let largest = 0n;
  for (const id of ids) if (id > largest) largest = id;
  return extend(
    ids,
    BigUint64Array.from({ length: count }, (_, at) => largest + BigInt(at + 1)),
  );
}
