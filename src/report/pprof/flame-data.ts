import type { FrameOrigin } from "../../analysis/frame-origin.ts";
import {
  buildFlameTree,
  DEFAULT_FLAME_OPTIONS,
  type FlameTreeOptions,
  sumFlameSides,
} from "../../pprof/flame-tree.ts";
import { classifyFunctions } from "../../pprof/frame-group.ts";
import { divideValue, type Report } from "../../pprof/report.ts";
import { NONE, type Profile } from "../../tables/profile.ts";
import type { StringIndex } from "../../tables/string-table.ts";

/** One value of the profile. */
interface FlameType {
  /** "inuse_space" */
  name: string;
  /** The profile's own: "bytes", "nanoseconds", "count". */
  unit: string;
}

/** A tree of stacks in columns, as a page draws it. */
export interface FlameData {
  /** The program: "shop". */
  title: string;
  types: FlameType[];
  /** Index of the type that is shown first. */
  selected: number;
  isDiff: boolean;
  /** Frames are told apart by line, so that labels need it. */
  hasLines: boolean;
  /** How a frame's name becomes a filter: as a function or file, as a package, or not at all. */
  filterBy: "name" | "package" | "nothing";
  /** By type, before any filter: sums of magnitudes of the profile and, in a diff, of its base. */
  wholeTotal: number[];
  wholeBase: number[];
  strings: string[];
  /** `parent[row] < row`; -1 for row 0, the root. */
  parent: Int32Array;
  /** Index into `strings`: the function's name, or of what else frames stand for. */
  name: Uint32Array;
  /** Index into `strings`: name, file and line, as far as they tell frames apart. */
  label: Uint32Array;
  /** Index into `strings`: path of the source file. */
  file: Uint32Array;
  /** 0 where it is not known. */
  line: Uint32Array;
  /** 1 where some of the row's value came over another line. */
  hasMoreLines: Uint8Array;
  /** Frames right below that are left out as too light. */
  hidden: Uint32Array;
  /** 0 own, 1 third-party, 2 standard library, 3 runtime. */
  origin: Uint8Array;
  /** By type. */
  total: Float64Array[];
  self: Float64Array[];
  /** By type; empty but in a diff. */
  base: Float64Array[];
}

const ORIGINS: readonly FrameOrigin[] = ["own", "third-party", "standard-library", "runtime"];

/** Builds what a page draws. `whole` is the profile before filters. */
export function buildFlameData(
  report: Report,
  whole: Profile,
  title: string,
  limits: FlameTreeOptions = DEFAULT_FLAME_OPTIONS,
): FlameData {
  const { profile, detail } = report;
  const { locations, functions, strings: texts } = profile;
  const tree = buildFlameTree(report, limits);
  const classifier = classifyFunctions(profile);
  const rows = tree.node.length;
  const table = new TextTable();
  const totals = sumFlameSides(report.options.relativePercentages ? profile : whole);
  const divide = <T extends Float64Array | number[]>(columns: T): T =>
    (report.options.divideBy === 1
      ? columns
      : columns.map((value) => divideValue(value, report.options))) as T;
  const data: FlameData = {
    title,
    types: profile.sampleTypes.map(({ type, unit }) => ({ name: texts.get(type), unit: texts.get(unit) })),
    selected: report.column,
    isDiff: totals.base !== undefined,
    hasLines: detail.line,
    filterBy: detail.group === undefined ? "name" : detail.group === "package" ? "package" : "nothing",
    wholeTotal: divide(totals.total),
    wholeBase: divide(totals.base ?? []),
    strings: table.texts,
    parent: tree.parent,
    name: new Uint32Array(rows),
    label: new Uint32Array(rows),
    file: new Uint32Array(rows),
    line: new Uint32Array(rows),
    hasMoreLines: tree.hasMoreLines,
    hidden: tree.hidden,
    origin: new Uint8Array(rows),
    total: tree.total.map(divide),
    self: tree.self.map(divide),
    base:
      totals.base === undefined
        ? []
        : (tree.base?.map(divide) ?? tree.total.map(() => new Float64Array(rows))),
  };
  data.name[0] = table.intern("all");
  data.label[0] = data.name[0];
  for (let row = 1; row < rows; row++) {
    const node = tree.node[row]!;
    const printed = tree.nodes.printableName(node);
    const name = tree.nodes.name(node);
    data.name[row] = table.intern(name === "" ? printed : name);
    data.label[row] = table.intern(printed);
    const line = tree.line[row]!;
    const fn = line === NONE ? NONE : locations.lineFunction[line]!;
    if (fn === NONE) continue;
    const file = texts.get(functions.filename[fn]! as StringIndex);
    data.file[row] = table.intern(file);
    data.line[row] = locations.line[line]!;
    data.origin[row] = ORIGINS.indexOf(
      classifier.classify(texts.get(functions.name[fn]! as StringIndex), file),
    );
  }
  return data;
}

class TextTable {
  readonly texts: string[] = [""];
  readonly #index = new Map<string, number>([["", 0]]);

  intern(text: string): number {
    let index = this.#index.get(text);
    if (index === undefined) {
      index = this.texts.push(text) - 1;
      this.#index.set(text, index);
    }
    return index;
  }
}
