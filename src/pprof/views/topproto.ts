import type { Profile } from "../../tables/profile.ts";
import { NONE, noMappings } from "../../tables/profile.ts";
import { EMPTY_STRING } from "../../tables/string-table.ts";
import { ExtendedStringTable } from "../extended-strings.ts";
import { scaleMeasure } from "../measurement.ts";
import { chooseOutputUnit, type Report } from "../report.ts";
import { buildTrimmedGraph, cumOf, flatOf } from "../trimmed-graph.ts";

/** `go tool pprof -topproto`: the entries of `top` as a profile, one sample each with its cum and flat value. */
export function buildTopProfile(report: Report): Profile {
  const { nodes, order, values } = buildTrimmedGraph(report, "none");
  const entries = order.map((node) => ({
    info: nodes.info(node),
    flat: flatOf(values, node),
    cum: cumOf(values, node),
  }));
  chooseOutputUnit(report, entries);
  const { profile, outputUnit } = report;
  const strings = new ExtendedStringTable(profile.strings);
  const unit = strings.add(outputUnit);
  const scale = (value: number): number => Math.trunc(scaleMeasure(value, report.unit, outputUnit).value);
  const functionOf = new Map<string, number>();
  const functions: { name: number; file: number; startLine: number }[] = [];
  const functionRows = entries.map(({ info }) => {
    const key = JSON.stringify([info.name, info.file, info.startLine]);
    const known = functionOf.get(key) ?? functions.length;
    if (known === functions.length) {
      functions.push({
        name: strings.add(info.name),
        file: strings.add(info.file),
        startLine: info.startLine,
      });
      functionOf.set(key, known);
    }
    return known;
  });
  const count = entries.length;
  const upTo = (length: number): Uint32Array => Uint32Array.from({ length }, (_, at) => at);
  const ids = (length: number): BigUint64Array => BigUint64Array.from({ length }, (_, at) => BigInt(at + 1));
  return {
    ...profile,
    strings,
    sampleTypes: [
      { type: strings.add("cum"), unit },
      { type: strings.add("flat"), unit },
    ],
    samples: {
      length: count,
      locationStart: upTo(count + 1),
      location: upTo(count),
      columns: [
        { value: Float64Array.from(entries, ({ cum }) => scale(cum)) },
        { value: Float64Array.from(entries, ({ flat }) => scale(flat)) },
      ],
      label: {
        start: new Uint32Array(count + 1),
        key: new Uint32Array(0),
        str: new Uint32Array(0),
        num: new BigInt64Array(0),
        numUnit: new Uint32Array(0),
      },
    },
    locations: {
      length: count,
      id: ids(count),
      mapping: new Int32Array(count).fill(NONE),
      address: BigUint64Array.from(entries, ({ info }) => info.address),
      isFolded: new Uint8Array(count),
      lineStart: upTo(count + 1),
      lineFunction: Int32Array.from(functionRows),
      line: Float64Array.from(entries, ({ info }) => info.line),
      column: Float64Array.from(entries, ({ info }) => info.column),
    },
    functions: {
      length: functions.length,
      id: ids(functions.length),
      name: Uint32Array.from(functions, ({ name }) => name),
      systemName: new Uint32Array(functions.length),
      filename: Uint32Array.from(functions, ({ file }) => file),
      startLine: Float64Array.from(functions, ({ startLine }) => startLine),
    },
    mappings: noMappings(),
    dropFrames: EMPTY_STRING,
    keepFrames: EMPTY_STRING,
    comments: [],
    defaultSampleType: EMPTY_STRING,
    docUrl: EMPTY_STRING,
  };
}
