import { PprofError } from "../../pprof/pprof-error.ts";
import { compileRe2, FOREIGN_LIMITS } from "../../pprof/re2.ts";
import type { ReportOptions } from "../../pprof/report-options.ts";

type Kind = "text" | "number" | "switch";

/**
 * Options by their names in addresses, which are those of `go tool pprof -http` (google/pprof,
 * internal/driver/config.go, urlparam); tagroot and tagleaf, which have none there, go by their own names.
 */
export const URL_PARAMETERS: readonly { name: string; key: keyof ReportOptions; kind: Kind }[] = [
  { name: "f", key: "focus", kind: "text" },
  { name: "i", key: "ignore", kind: "text" },
  { name: "h", key: "hide", kind: "text" },
  { name: "s", key: "show", kind: "text" },
  { name: "sf", key: "showFrom", kind: "text" },
  { name: "prunefrom", key: "pruneFrom", kind: "text" },
  { name: "tf", key: "tagFocus", kind: "text" },
  { name: "ti", key: "tagIgnore", kind: "text" },
  { name: "ts", key: "tagShow", kind: "text" },
  { name: "th", key: "tagHide", kind: "text" },
  { name: "tagroot", key: "tagRoot", kind: "text" },
  { name: "tagleaf", key: "tagLeaf", kind: "text" },
  { name: "si", key: "sampleIndex", kind: "text" },
  { name: "g", key: "granularity", kind: "text" },
  { name: "sort", key: "sort", kind: "text" },
  { name: "unit", key: "unit", kind: "text" },
  { name: "n", key: "nodeCount", kind: "number" },
  { name: "nf", key: "nodeFraction", kind: "number" },
  { name: "ef", key: "edgeFraction", kind: "number" },
  { name: "mean", key: "mean", kind: "switch" },
  { name: "trim", key: "trim", kind: "switch" },
  { name: "dropneg", key: "dropNegative", kind: "switch" },
  { name: "calltree", key: "callTree", kind: "switch" },
  { name: "rel", key: "relativePercentages", kind: "switch" },
  { name: "compact", key: "compactLabels", kind: "switch" },
  { name: "noinlines", key: "noInlines", kind: "switch" },
  { name: "showcolumns", key: "showColumns", kind: "switch" },
];

/** Longer expressions are no filter that somebody wrote. */
const MOST_LETTERS = 4000;
const TRUE_WORDS = /^(1|t|true|yes|y)$/i;
const FALSE_WORDS = /^(0|f|false|no|n)$/i;

/**
 * Options of an address: what it names, and of the command line what it does not. An empty text turns a filter of the
 * command line off.
 *
 * @throws PprofError for a value that its option does not take.
 */
export function readUrlOptions(parameters: URLSearchParams, defaults: ReportOptions): ReportOptions {
  const options: ReportOptions = { ...defaults };
  const target = options as unknown as Record<string, string | number | boolean>;
  for (const { name, key, kind } of URL_PARAMETERS) {
    const value = parameters.get(name);
    if (value === null) continue;
    if (value.length > MOST_LETTERS) throw new PprofError(`${name} is longer than ${MOST_LETTERS} letters`);
    // Whoever reaches the server sends these: counted repetition may not make one too large.
    if (kind === "text" && value.includes("{")) compileRe2(value, name, FOREIGN_LIMITS);
    if (kind === "text") target[key] = value === "" && key === "unit" ? "minimum" : value;
    else if (value === "") target[key] = defaults[key];
    else if (kind === "number") {
      const number = Number(value);
      if (!Number.isFinite(number)) throw new PprofError(`${name} wants a number, not ${value}`);
      target[key] = key === "nodeCount" ? Math.trunc(number) : number;
    } else if (TRUE_WORDS.test(value) || FALSE_WORDS.test(value)) target[key] = TRUE_WORDS.test(value);
    else throw new PprofError(`${name} is true or false, not ${value}`);
  }
  if (options.sort !== "cum") options.sort = "flat";
  return options;
}

/** An address of a page with some parameters changed; undefined takes one away. */
export function linkTo(
  page: string,
  parameters: URLSearchParams,
  changes: Readonly<Record<string, string | undefined>> = {},
): string {
  const changed = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) changed.delete(name);
    else changed.set(name, value);
  }
  const query = changed.toString();
  return query === "" ? page : `${page}?${query}`;
}

/** A name as an expression of RE2 that matches it alone (regexp.QuoteMeta). */
export function exactly(name: string): string {
  return `^${name.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")}$`;
}
