import type { CodeSite } from "../analysis/code-site.ts";
import type { GrowthFlame } from "../analysis/growth-flame.ts";
import type { Finding, Series } from "../findings/finding.ts";
import type { Statement } from "../findings/statement.ts";
import type { Inspection } from "../inspect/inspection.ts";
import { formatInterval } from "../lib/format-quantity.ts";
import { buildChart } from "./chart-view.ts";
import { fullPosition, shortFunction, shortPosition } from "./code-position.ts";
import { listGcFacts, listGcTables } from "./gc-view.ts";
import { listHeapFacts, listHeapTables } from "./heap-section.ts";
import { buildKernelSection, type KernelExtent, SECTION_EXTENT } from "./kernel-section.ts";
import { LANGUAGES, type Language } from "./messages/language.ts";
import { renderStatement } from "./messages/wording.ts";
import { patternPagePath } from "./pattern-page.ts";
import { makeAllPrintable } from "./printable-text.ts";
import type {
  ChartView,
  FindingView,
  FlameView,
  GoroutineGroupView,
  GrowthSiteView,
  ReportView,
} from "./report-view.ts";
import { quantityFormatter, type Words } from "./report-words.ts";

/**
 * Words for an inspection: the one place where facts become sentences, for all renderers alike, and where foreign
 * names lose what is not to be seen.
 */
export function buildReportView(
  inspection: Inspection,
  {
    gopatrolVersion,
    language = LANGUAGES.en,
    kernelExtent = SECTION_EXTENT,
  }: { gopatrolVersion: string; language?: Language; kernelExtent?: KernelExtent },
): ReportView {
  const words: Words = { language, format: quantityFormatter(language) };
  const say = (statement: Statement) => renderStatement(language.wording, statement);
  const { capture } = language.labels;
  const { verdict, findings } = inspection;
  const main = verdict.finding === null ? undefined : findings[verdict.finding];
  const view = makeAllPrintable<Omit<ReportView, "language">>({
    outcome: verdict.outcome,
    verdict: say(verdict.headline),
    advice: main?.fix[0] === undefined ? "" : say(main.fix[0]),
    targetName: inspection.target.name,
    capturedAt:
      inspection.window.beganWallMs > 0 ? new Date(inspection.window.beganWallMs).toISOString() : "",
    gopatrolVersion,
    facts: [
      ...listFacts(inspection, words),
      ...listHeapFacts(inspection.heapContents, words),
      ...listGcFacts(inspection.gc, words, inspection.process.sysBytes === null),
    ],
    findings: findings.map((finding) => viewFinding(finding, say, words)),
    charts: inspection.series.map((series) => viewChart(series, words)),
    ...viewFlame(inspection.flame, language.labels.flame.all),
    ...(inspection.kernel === null
      ? {}
      : { kernel: buildKernelSection(inspection.kernel, words, kernelExtent) }),
    growthSites: inspection.sites.map((site) => viewSite(site, words)),
    goroutineGroups: inspection.goroutineGroups.map((group) => viewGroup(group, words)),
    tables: [...listHeapTables(inspection.heapContents, words), ...listGcTables(inspection.gc, words)],
    captures: inspection.captures.map((c) => ({
      sample: String(c.sample + 1),
      what: c.format === "not used" || c.format === c.kind ? c.kind : `${c.kind} (${c.format})`,
      origin: c.origin,
      size: words.format(c.bytes, "bytes"),
      elapsed: words.format(c.elapsedMs, "ms"),
      note: [c.forcedGc ? capture.forcedGc : "", c.cutOff ? capture.cutOff : ""]
        .filter(Boolean)
        .join(language.labels.word.comma),
    })),
    missing: limitLines([...listFailures(inspection, words), ...listDamage(inspection, words)], words),
    reasoning: listReasoning(verdict, say, words),
  });
  return { language, ...view };
}

/** One line a question, then where they lead, then what is to be known beside it. */
function listReasoning(
  { decision, reasoning }: Inspection["verdict"],
  say: (s: Finding["headline"]) => string,
  { language }: Words,
): string[] {
  const gap = language.labels.word.betweenSentences;
  const steps = decision.path.map(({ question, numbers }) => [question, ...numbers].map(say).join(gap));
  return [...steps, say(decision.conclusion), ...reasoning.map(say)];
}

/** What a reader takes in; the JSON report has them all. */
const MISSING_SHOWN = 50;

function limitLines(lines: readonly string[], { language }: Words): string[] {
  if (lines.length <= MISSING_SHOWN) return [...lines];
  return [
    ...lines.slice(0, MISSING_SHOWN),
    `… ${language.labels.capture.andMore(lines.length - MISSING_SHOWN)}`,
  ];
}

/** One line for what failed in the same way in several samples, with the newest reason. */
function listFailures({ failures }: Inspection, { language }: Words): string[] {
  const { labels } = language;
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
    const which = labels.capture.samples(findRanges([...samples].sort((a, b) => a - b)));
    const what = labels.word.inBrackets([...kinds].join(labels.word.comma), which);
    return `${what}${labels.word.colon}${language.foreign(reason)}`;
  });
}

/** [1, 2, 3, 5] → [1, 3], [5, 5] */
function findRanges(ascending: readonly number[]): [first: number, last: number][] {
  const ranges: [first: number, last: number][] = [];
  for (const number of ascending) {
    const range = ranges.at(-1);
    if (range !== undefined && number === range[1] + 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}

/** One line for what is wrong in the same way in several captures. */
function listDamage({ damage }: Inspection, { language }: Words): string[] {
  const { capture, word } = language.labels;
  const pathsByWhat = new Map<string, string[]>();
  for (const { what, path } of damage) {
    const paths = pathsByWhat.get(what);
    if (paths === undefined) pathsByWhat.set(what, [path]);
    else paths.push(path);
  }
  return Array.from(pathsByWhat, ([what, paths]) => {
    const first = paths[0]!;
    const place = paths.length === 1 ? first : word.inBrackets(first, capture.andMore(paths.length - 1));
    return `${place}${word.colon}${language.foreign(what)}`;
  });
}

/**
 * Few services serve both expvar and Prometheus metrics, and only a new Go has the goroutineleak profile: that one of
 * them is not there is no loss.
 */
function isOptional(kind: string, code: string): boolean {
  return (kind === "expvar" || kind === "metrics" || kind === "goroutineleak") && code === "http-404";
}

function viewFinding(finding: Finding, say: (s: Statement) => string, words: Words): FindingView {
  const { word } = words.language.labels;
  const { site, rate } = finding;
  return {
    pattern: finding.pattern,
    severity: finding.severity,
    state: finding.state,
    title: say(finding.headline),
    confidence: word.inBrackets(
      word.confidence[confidenceLevel(finding.confidence)],
      finding.confidence.toFixed(2),
    ),
    function: site?.function ?? "",
    position: site === undefined ? "" : fullPosition(site),
    rate: rate === undefined ? "" : viewRate(rate, words),
    callers: finding.callers.map(named),
    evidence: finding.evidence.map(say),
    consequences: finding.consequences.map((c) => say(c.statement)),
    fix: finding.fix.map(say),
    next: finding.next.map(say),
    charts: finding.series
      .filter((series) => series.value.length >= 2)
      .map((series) => viewChart(series, words)),
    page: patternPagePath(finding.pattern, words.language.tag),
  };
}

function viewRate({ estimate, low, high }: NonNullable<Finding["rate"]>, words: Words): string {
  if (low.value === high.value) return words.format(estimate.value, estimate.unit);
  return formatInterval({ estimate: estimate.value, low: low.value, high: high.value }, estimate.unit, {
    words: words.language.labels.quantity,
  });
}

function confidenceLevel(confidence: number): "high" | "medium" | "low" {
  return confidence >= 0.8 ? "high" : confidence >= 0.5 ? "medium" : "low";
}

function viewChart(series: Series, words: Words): ChartView {
  return buildChart(words.language.labels.word.series[series.label], series, words);
}

/** `all` is the word for the root. */
export function viewFlame(flame: GrowthFlame | null, all: string): { flame?: FlameView } {
  if (flame === null) return {};
  return {
    flame: {
      unit: "bytes",
      name: flame.function.map((name, i) => (i === 0 ? all : shortFunction(name))),
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

function viewSite(site: Inspection["sites"][number], { language, format }: Words): GrowthSiteView {
  return {
    function: site.site.function,
    position: shortPosition(site.site),
    before: format(site.beforeBytes, "bytes"),
    after: format(site.afterBytes, "bytes"),
    growth: format(site.growthBytes, "bytes", { signed: true }),
    rate: site.bytesPerSecond === null ? "" : format(site.bytesPerSecond, "bytes/s"),
    kept: site.kept === null ? "" : format(Math.max(0, Math.min(1, site.kept)), "fraction"),
    operation: site.operation === null ? "" : language.labels.word.operation[site.operation],
    series: site.series,
  };
}

function viewGroup(
  group: Inspection["goroutineGroups"][number],
  { language, format }: Words,
): GoroutineGroupView {
  const { table, word } = language.labels;
  return {
    state: word.blockState[group.state],
    before: group.before,
    after: group.after,
    growing: group.growing,
    function: group.site.function,
    position: shortPosition(group.site),
    createdBy: group.createdBy === null ? "" : named(group.createdBy),
    wait: group.waitMinutes > 0 ? table.upTo(format(group.waitMinutes, "minutes")) : "",
    stack: group.stack.map(named),
    series: group.series.map((n) => (Number.isNaN(n) ? 0 : n)),
  };
}

function named(site: CodeSite): string {
  const position = shortPosition(site);
  return position === "" ? site.function : `${site.function} ${position}`;
}

function listFacts(inspection: Inspection, { language, format }: Words): { label: string; value: string }[] {
  const { target, window, process, limitBytes } = inspection;
  const { fact } = language.labels;
  const facts: { label: string; value: string }[] = [];
  const add = (label: string, value: string | null | undefined) => {
    if (value !== null && value !== undefined) facts.push({ label, value });
  };
  const bytes = (value: number | null) => (value === null ? null : format(value, "bytes"));
  add(fact.goVersion, target.goVersion);
  add(fact.module, target.mainModule);
  // A core alone has no window.
  if (window.samples > 0 || inspection.heapContents === null) {
    add(
      fact.window,
      fact.windowValue(
        String(window.samples),
        format(window.spanSeconds, "seconds"),
        window.samples === 1,
        window.interrupted,
      ),
    );
  }
  add(fact.liveHeap, bytes(process.liveHeapBytes));
  add(fact.held, process.sysBytes === null ? null : bytes(process.sysBytes - (process.releasedBytes ?? 0)));
  add(fact.residentSet, bytes(process.residentBytes));
  add(fact.goroutines, process.goroutines === null ? null : format(process.goroutines, "count"));
  add(
    fact.allocationRate,
    process.allocatedBytesPerSecond === null ? null : format(process.allocatedBytesPerSecond, "bytes/s"),
  );
  add(
    fact.collections,
    process.gcCyclesPerSecond === null ? null : format(process.gcCyclesPerSecond, "count/s"),
  );
  add(fact.gcCpuShare, process.gcCpuFraction === null ? null : format(process.gcCpuFraction, "fraction"));
  const { limitSource } = inspection;
  if (limitBytes !== null && limitSource !== null) {
    add(fact.memoryLimit, fact.limitOf(format(limitBytes, "bytes"), limitSource));
  }
  return facts;
}
