/** What shapes a report; the names are those of `go tool pprof`'s options, in this language's spelling. */
export interface ReportOptions {
  /** Number or type of the column to show; "" is the profile's own choice, else the last. */
  sampleIndex: string;
  /** Values divided by the first column: mean object size, mean delay. */
  mean: boolean;
  divideBy: number;
  /** "minimum": one unit for all that shows the smallest well; "auto": each its own; or a unit. */
  unit: string;
  sort: "flat" | "cum";
  /** "" is functions, unless the view has its own. */
  granularity: string;
  noInlines: boolean;
  showColumns: boolean;
  /** Most nodes shown; 0 is all, -1 the view's default. */
  nodeCount: number;
  nodeFraction: number;
  edgeFraction: number;
  /** False shows everything, whatever the three above say. */
  trim: boolean;
  dropNegative: boolean;
  callTree: boolean;
  compactLabels: boolean;
  /** Percentages of what the filters left instead of everything. */
  relativePercentages: boolean;
  /** Regular expressions of RE2, "" for none. */
  focus: string;
  ignore: string;
  hide: string;
  show: string;
  showFrom: string;
  pruneFrom: string;
  tagFocus: string;
  tagIgnore: string;
  tagShow: string;
  tagHide: string;
  /** Label keys, with commas, that become frames at the root or the leaf. */
  tagRoot: string;
  tagLeaf: string;
  /** Directories with colons, where source files are looked for, and prefixes cut off paths before. */
  sourcePath: string;
  trimPath: string;
}

export const DEFAULT_REPORT_OPTIONS: ReportOptions = {
  sampleIndex: "",
  mean: false,
  divideBy: 1,
  unit: "minimum",
  sort: "flat",
  granularity: "",
  noInlines: false,
  showColumns: false,
  nodeCount: -1,
  nodeFraction: 0.005,
  edgeFraction: 0.001,
  trim: true,
  dropNegative: false,
  callTree: false,
  compactLabels: false,
  relativePercentages: false,
  focus: "",
  ignore: "",
  hide: "",
  show: "",
  showFrom: "",
  pruneFrom: "",
  tagFocus: "",
  tagIgnore: "",
  tagShow: "",
  tagHide: "",
  tagRoot: "",
  tagLeaf: "",
  sourcePath: "",
  trimPath: "",
};

export type View =
  | "top"
  | "tree"
  | "peek"
  | "list"
  | "traces"
  | "tags"
  | "raw"
  | "proto"
  | "topproto"
  | "comments"
  | "dot"
  | "callgrind"
  | "flame";

const MOST_NODES_OF_GRAPHS = 80;

/** What a view sets whatever the user says (google/pprof, internal/driver/driver.go, applyCommandOverrides). */
export function overrideForView(view: View, options: ReportOptions): ReportOptions {
  const changed = { ...options };
  let { trim } = options;
  switch (view) {
    case "peek":
      trim = false;
      break;
    case "list":
      trim = false;
      changed.granularity = "lines";
      break;
    case "top":
    case "topproto":
      if (changed.nodeCount === -1) changed.nodeCount = 0;
      break;
    case "proto":
    case "raw":
    case "callgrind":
      trim = false;
      changed.granularity = "addresses";
      break;
    case "flame":
      // Means do not add up to their callers'.
      changed.mean = false;
      break;
    default:
      if (changed.nodeCount === -1) changed.nodeCount = MOST_NODES_OF_GRAPHS;
  }
  if (!trim) {
    changed.nodeCount = 0;
    changed.nodeFraction = 0;
    changed.edgeFraction = 0;
  }
  return changed;
}
