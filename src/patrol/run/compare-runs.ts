import type { MetricUnit } from "../check-types/check-metric.ts";
import { CHECK_TYPES } from "../check-types/check-types.ts";
import type { CheckRecord, RunRecord } from "../run-record.ts";

/** How far a value may be off and still be the same. */
interface Tolerance {
  /** Share of the larger of the two. */
  relative: number;
  /** Differences up to this are none, whatever their share. */
  absolute: number;
}

export interface CompareRules {
  /** Fields that are left out: `shop/runtime/metrics.goroutines`, `*` stands for anything but a slash. */
  ignore: readonly string[];
  /** The first whose field fits decides; else the metric's unit does. */
  tolerances: readonly { field: string; tolerance: Tolerance }[];
  /** Above this share of differing fields the comparison fails. */
  maxShare: number;
  /** With fewer fields nothing can be said. */
  minFields: number;
}

export const DEFAULT_RULES: CompareRules = { ignore: [], tolerances: [], maxShare: 0.005, minFields: 20 };

interface FieldDifference {
  /** `target/check/field`. */
  field: string;
  old: string | number | null;
  new: string | number | null;
  /** Why it counts: "differs by 40 %, 25 % are allowed", "only in the old one". */
  why: string;
}

export interface Comparison {
  schema: "gopatrol.shadow/v1";
  outcome: "same" | "differs" | "too-few-fields";
  compared: number;
  ignored: number;
  differing: number;
  share: number;
  maxShare: number;
  differences: FieldDifference[];
  /** Differences beyond those that are listed. */
  more: number;
}

const LISTED = 1000;

/**
 * Two looks at the same target are minutes apart, so what a service does of itself must pass: only a difference that a
 * reader would call another value counts. `null`: not compared at all, as it only ever rises or is a moment.
 */
const OF_UNIT: Readonly<Record<MetricUnit, Tolerance | null>> = {
  ms: { relative: 0.75, absolute: 50 },
  seconds: { relative: 0.5, absolute: 5 },
  days: { relative: 0, absolute: 1 },
  bytes: { relative: 0.3, absolute: 4 * 1024 * 1024 },
  "bytes/s": { relative: 0.75, absolute: 1024 * 1024 },
  count: { relative: 0.3, absolute: 10 },
  "per-second": { relative: 0.5, absolute: 5 },
  "per-minute": { relative: 0.5, absolute: 10 },
  ratio: { relative: 0.25, absolute: 0.05 },
  flag: { relative: 0, absolute: 0 },
  timestamp: { relative: 0, absolute: 5 },
  any: { relative: 0.25, absolute: 0 },
};

interface Field {
  value: string | number;
  tolerance: Tolerance | null;
}

/** Compares what two configurations saw, field by field. Times, ids and durations are no fields. */
export function compareRuns(
  oldRuns: readonly RunRecord[],
  newRuns: readonly RunRecord[],
  rules: CompareRules = DEFAULT_RULES,
): Comparison {
  const [before, after] = [collectFields(oldRuns), collectFields(newRuns)];
  const isIgnored = buildMatcher(rules.ignore);
  const given = rules.tolerances.map(({ field, tolerance }) => ({ fits: buildMatcher([field]), tolerance }));
  const differences: FieldDifference[] = [];
  let compared = 0;
  let ignored = 0;
  for (const name of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [old, now] = [before.get(name), after.get(name)];
    const tolerance = given.find(({ fits }) => fits(name))?.tolerance ?? (now ?? old)!.tolerance;
    if (isIgnored(name) || tolerance === null) {
      ignored++;
      continue;
    }
    compared++;
    const why = findDifference(old?.value, now?.value, tolerance);
    if (why === null) continue;
    differences.push({ field: name, old: old?.value ?? null, new: now?.value ?? null, why });
  }
  const share = compared === 0 ? 0 : differences.length / compared;
  const outcome = compared < rules.minFields ? "too-few-fields" : share > rules.maxShare ? "differs" : "same";
  return {
    schema: "gopatrol.shadow/v1",
    outcome,
    compared,
    ignored,
    differing: differences.length,
    share,
    maxShare: rules.maxShare,
    differences: differences.slice(0, LISTED),
    more: Math.max(0, differences.length - LISTED),
  };
}

const EXACT: Tolerance = { relative: 0, absolute: 0 };

/** Of each target's checks the newest record, canonical: by name, whatever their order. */
function collectFields(runs: readonly RunRecord[]): Map<string, Field> {
  const newest = new Map<string, { run: RunRecord; check: CheckRecord }>();
  for (const run of runs) {
    for (const check of run.checks) {
      if (check.outcome === "skipped") continue;
      const key = `${run.target}/${check.check}`;
      const known = newest.get(key);
      if (known === undefined || known.run.startedMs <= run.startedMs) newest.set(key, { run, check });
    }
  }
  const fields = new Map<string, Field>();
  for (const [key, { run, check }] of newest) {
    const put = (name: string, value: string | number, tolerance: Tolerance | null = EXACT) =>
      fields.set(`${key}/${name}`, { value, tolerance });
    put("outcome", check.outcome);
    if (check.problem !== null) put("problem", check.problem.code);
    const known = CHECK_TYPES[check.kind]?.metrics ?? {};
    for (const [name, value] of Object.entries(check.metrics)) {
      const metric = known[name] ?? known["*"];
      put(`metrics.${name}`, value, metric?.counter === true ? null : OF_UNIT[metric?.unit ?? "any"]);
    }
    for (const [name, value] of Object.entries(check.facts)) put(`facts.${name}`, value);
    for (const finding of run.findings) {
      if (finding.state === "open") put(`findings.${finding.pattern}`, `${finding.severity} ${finding.site}`);
    }
  }
  return fields;
}

function findDifference(
  old: string | number | undefined,
  now: string | number | undefined,
  { relative, absolute }: Tolerance,
): string | null {
  if (old === undefined) return "only in the new one";
  if (now === undefined) return "only in the old one";
  if (typeof old !== "number" || typeof now !== "number") return old === now ? null : "it is another";
  const difference = Math.abs(old - now);
  if (difference <= absolute) return null;
  const share = difference / Math.max(Math.abs(old), Math.abs(now));
  if (share <= relative) return null;
  return `differs by ${(share * 100).toFixed(0)} %, ${(relative * 100).toFixed(0)} % are allowed`;
}

function buildMatcher(globs: readonly string[]): (field: string) => boolean {
  const wanted = globs.map((glob) => glob.split("/"));
  return (field) => {
    const parts = field.split("/");
    return wanted.some(
      (glob) => glob.length === parts.length && glob.every((part, i) => matchesGlob(part, parts[i]!)),
    );
  };
}

/** `*` for anything; no regular expression, as the text is the user's. */
function matchesGlob(glob: string, text: string): boolean {
  const [first = "", ...rest] = glob.split("*");
  if (rest.length === 0) return glob === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const [i, piece] of rest.entries()) {
    const found = i === rest.length - 1 ? text.length - piece.length : text.indexOf(piece, at);
    if (found < at || !text.startsWith(piece, found)) return false;
    at = found + piece.length;
  }
  return true;
}
