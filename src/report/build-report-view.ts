import type { CodeSite } from "../analysis/code-site.ts";
import type { Finding, Series } from "../findings/finding.ts";
import type { Inspection } from "../inspect/inspection.ts";
import { formatInterval, formatQuantity } from "../lib/format-quantity.ts";
import { fullPosition, shortFunction, shortPosition } from "./code-position.ts";
import { LANGUAGES, type Language } from "./messages/language.ts";
import { renderStatement } from "./messages/wording.ts";
import { makeAllPrintable } from "./printable-text.ts";
import type {
  ChartView,
  FindingView,
  FlameView,
  GoroutineGroupView,
  GrowthSiteView,
  ReportView,
} from "./report-view.ts";

/**
 * Words for an inspection: the one place where facts become sentences, for all renderers alike, and where foreign
 * names lose what is not to be seen.
 */
export function buildReportView(
  inspection: Inspection,
  { gopatrolVersion, language = LANGUAGES.en }: { gopatrolVersion: string; language?: Language },
): ReportView {
  const say = (statement: Parameters<typeof renderStatement>[1]) =>
    renderStatement(language.wording, statement);
  const { verdict, findings } = inspection;
  const main = verdict.finding === null ? undefined : findings[verdict.finding];
  return makeAllPrintable<ReportView>({
    outcome: verdict.outcome,
    verdict: say(verdict.headline),
    advice: main?.fix[0] === undefined ? "" : say(main.fix[0]),
    targetName: inspection.target.name,
    capturedAt: new Date(inspection.window.beganWallMs).toISOString(),
    gopatrolVersion,
    facts: listFacts(inspection),
    findings: findings.map((finding) => viewFinding(finding, say)),
    charts: inspection.series.map(viewChart),
    ...viewFlame(inspection),
    growthSites: inspection.sites.map(viewSite),
    goroutineGroups: inspection.goroutineGroups.map(viewGroup),
    captures: inspection.captures.map((c) => ({
      sample: String(c.sample + 1),
      what: c.format === "not used" || c.format === c.kind ? c.kind : `${c.kind} (${c.format})`,
      origin: c.origin,
      size: formatQuantity(c.bytes, "bytes"),
      elapsed: formatQuantity(c.elapsedMs, "ms"),
      note: [c.forcedGc ? "forced a collection" : "", c.cutOff ? "body cut off" : ""]
        .filter(Boolean)
        .join(", "),
    })),
    missing: limitLines([...listFailures(inspection), ...listDamage(inspection)]),
    reasoning: verdict.reasoning.map(say),
  });
}

/** What a reader takes in; the JSON report has them all. */
const MISSING_SHOWN = 50;

function limitLines(lines: readonly string[]): string[] {
  if (lines.length <= MISSING_SHOWN) return [...lines];
  return [...lines.slice(0, MISSING_SHOWN), `… and ${lines.length - MISSING_SHOWN} more`];
}

/** One line for what failed in the same way in several samples, with the newest reason. */
function listFailures({ failures }: Inspection): string[] {
  const groups = new Map<string, { kinds: Set<string>; samples: Set<number>; reason: string }>();
  for (const failure of failures) {
    if (isOptional(failure.kind, failure.code)) continue;
    const key = failure.code === "skipped" ? failure.code : `${failure.code} ${failure.kind}`;
    const group = groups.get(key) ?? { kinds: new Set(), samples: new Set(), reason: "" };
    group.kinds.add(failure.kind);
    group.samples.add(failure.sample + 1);
    group.reason = failure.reason;
    groups.set(key, group);
  }
  return [...groups.values()].map(({ kinds, samples, reason }) => {
    const numbers = [...samples].sort((a, b) => a - b);
    const which = numbers.length === 1 ? `sample ${numbers[0]}` : `samples ${formatRanges(numbers)}`;
    return `${[...kinds].join(", ")} (${which}): ${reason}`;
  });
}

/** [1, 2, 3, 5] → "1 to 3, 5" */
function formatRanges(ascending: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of ascending) {
    const range = ranges.at(-1);
    if (range !== undefined && number === range[1] + 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`)).join(", ");
}

/** One line for what is wrong in the same way in several captures. */
function listDamage({ damage }: Inspection): string[] {
  const pathsByWhat = new Map<string, string[]>();
  for (const { what, path } of damage) {
    const paths = pathsByWhat.get(what);
    if (paths === undefined) pathsByWhat.set(what, [path]);
    else paths.push(path);
  }
  return Array.from(pathsByWhat, ([what, paths]) => {
    const others = paths.length === 1 ? "" : ` and ${paths.length - 1} more`;
    return `${paths[0]}${others}: ${what}`;
  });
}

/** Few services serve both expvar and Prometheus metrics: that one of them is not there is no loss. */
function isOptional(kind: string, code: string): boolean {
  return (kind === "expvar" || kind === "metrics") && code === "http-404";
}

function viewFinding(finding: Finding, say: (s: Finding["headline"]) => string): FindingView {
  const { site, rate } = finding;
  return {
    pattern: finding.pattern,
    severity: finding.severity,
    state: finding.state,
    title: say(finding.headline),
    confidence: `${confidenceWord(finding.confidence)} (${finding.confidence.toFixed(2)})`,
    function: site?.function ?? "",
    position: site === undefined ? "" : fullPosition(site),
    rate: rate === undefined ? "" : viewRate(rate),
    callers: finding.callers.map(named),
    evidence: finding.evidence.map(say),
    consequences: finding.consequences.map((c) => say(c.statement)),
    fix: finding.fix.map(say),
    next: finding.next.map(say),
    charts: finding.series.filter((series) => series.value.length >= 2).map(viewChart),
    page: `docs/patterns/${finding.pattern}.md`,
  };
}

function viewRate({ estimate, low, high }: NonNullable<Finding["rate"]>): string {
  if (low.value === high.value) return formatQuantity(estimate.value, estimate.unit);
  return formatInterval({ estimate: estimate.value, low: low.value, high: high.value }, estimate.unit);
}

function confidenceWord(confidence: number): string {
  return confidence >= 0.8 ? "high" : confidence >= 0.5 ? "medium" : "low";
}

function viewChart(series: Series): ChartView {
  const known = series.value.filter((v) => !Number.isNaN(v));
  const say = (v: number | undefined) => formatQuantity(v ?? Number.NaN, series.unit);
  return {
    title: series.label,
    unit: series.unit,
    seconds: series.seconds.filter((_, i) => !Number.isNaN(series.value[i]!)),
    value: known,
    summary: `${say(known[0])} → ${say(known.at(-1))}`,
  };
}

function viewFlame({ flame }: Inspection): { flame?: FlameView } {
  if (flame === null) return {};
  return {
    flame: {
      unit: "bytes",
      name: flame.function.map((name, i) => (i === 0 ? "all" : shortFunction(name))),
      position: flame.file.map((file, i) => shortPosition({ function: "", file, line: flame.line[i]! })),
      parent: flame.parent,
      delta: flame.afterBytes.map((after, i) => Math.round(after - flame.beforeBytes[i]!)),
      before: flame.beforeBytes.map(Math.round),
      after: flame.afterBytes.map(Math.round),
      allocated: flame.allocatedBytes.map(Math.round),
      origin: flame.origin,
    },
  };
}

const OPERATION_WORD: Record<string, string> = {
  "map-insert": "map insert",
  "map-create": "map",
  "slice-growth": "append",
  "make-slice": "make slice",
  "new-object": "new",
  "make-channel": "make chan",
  string: "string",
  interface: "interface",
  goroutine: "go",
};

function viewSite(site: Inspection["sites"][number]): GrowthSiteView {
  return {
    function: site.site.function,
    position: shortPosition(site.site),
    before: formatQuantity(site.beforeBytes, "bytes"),
    after: formatQuantity(site.afterBytes, "bytes"),
    growth: formatQuantity(site.growthBytes, "bytes", { signed: true }),
    rate: site.bytesPerSecond === null ? "" : formatQuantity(site.bytesPerSecond, "bytes/s"),
    kept: site.kept === null ? "" : formatQuantity(Math.max(0, Math.min(1, site.kept)), "fraction"),
    operation: site.operation === null ? "" : (OPERATION_WORD[site.operation] ?? ""),
    series: site.series,
  };
}

function viewGroup(group: Inspection["goroutineGroups"][number]): GoroutineGroupView {
  return {
    state: group.state,
    before: group.before,
    after: group.after,
    growing: group.growing,
    function: group.site.function,
    position: shortPosition(group.site),
    createdBy: group.createdBy === null ? "" : named(group.createdBy),
    wait: group.waitMinutes > 0 ? `up to ${formatQuantity(group.waitMinutes, "minutes")}` : "",
    stack: group.stack.map(named),
    series: group.series.map((n) => (Number.isNaN(n) ? 0 : n)),
  };
}

function named(site: CodeSite): string {
  const position = shortPosition(site);
  return position === "" ? site.function : `${site.function} ${position}`;
}

function listFacts(inspection: Inspection): { label: string; value: string }[] {
  const { target, window, process, limitBytes } = inspection;
  const facts: { label: string; value: string }[] = [];
  const add = (label: string, value: string | null | undefined) => {
    if (value !== null && value !== undefined) facts.push({ label, value });
  };
  const bytes = (value: number | null) => (value === null ? null : formatQuantity(value, "bytes"));
  add("Go", target.goVersion);
  add("module", target.mainModule);
  add(
    "window",
    `${window.samples} ${window.samples === 1 ? "sample" : "samples"} over ${formatQuantity(window.spanSeconds, "seconds")}${window.interrupted ? ", ended early" : ""}`,
  );
  add("live heap", bytes(process.liveHeapBytes));
  add(
    "held from the OS",
    process.sysBytes === null ? null : bytes(process.sysBytes - (process.releasedBytes ?? 0)),
  );
  add("resident set", bytes(process.residentBytes));
  add("goroutines", process.goroutines === null ? null : formatQuantity(process.goroutines, "count"));
  add(
    "allocation rate",
    process.allocatedBytesPerSecond === null
      ? null
      : formatQuantity(process.allocatedBytesPerSecond, "bytes/s"),
  );
  add(
    "collections",
    process.gcCyclesPerSecond === null ? null : formatQuantity(process.gcCyclesPerSecond, "count/s"),
  );
  add(
    "GC share of CPU",
    process.gcCpuFraction === null ? null : formatQuantity(process.gcCpuFraction, "fraction"),
  );
  add("memory limit", bytes(limitBytes));
  return facts;
}
