import type { FdGroupView, KernelView, MappingGroupView } from "../inspect/kernel-view.ts";
import type { Unit } from "../lib/quantity.ts";
import { renderSparkline } from "../lib/sparkline.ts";
import { buildChart } from "./chart-view.ts";
import type { KernelLabels } from "./messages/labels.ts";
import { renderStatement } from "./messages/wording.ts";
import type { ChartView, KernelSectionView, TableView } from "./report-view.ts";
import type { Words } from "./report-words.ts";

/** How much is shown: a section of a report, or all there is, as `gopatrol rss` prints it. */
export interface KernelExtent {
  fds: number;
  mappings: number;
  advice: number;
}

export const SECTION_EXTENT: KernelExtent = { fds: 6, mappings: 4, advice: 6 };
export const WHOLE_EXTENT: KernelExtent = { fds: 15, mappings: 15, advice: 30 };

/** Terms below this share of the resident set and without growth are no chart of their own. */
const CHARTED_SHARE = 0.05;
const MOST_CHARTS = 8;

/** Words for what the kernel says of the process. */
export function buildKernelSection(
  kernel: KernelView,
  words: Words,
  extent: KernelExtent,
): KernelSectionView {
  const { wording } = words.language;
  return {
    lead: viewLead(kernel, words),
    tables: [
      viewRss(kernel, words),
      viewMappings(kernel, words, extent.mappings),
      viewFds(kernel, words, extent.fds),
      viewCgroup(kernel, words),
    ].filter((table) => table !== undefined),
    charts: viewCharts(kernel, words),
    advice: kernel.advice.slice(0, extent.advice).map((statement) => renderStatement(wording, statement)),
  };
}

function labelsOf({ language }: Words): KernelLabels {
  return language.labels.kernel;
}

function viewLead({ pid, name, threads, cpuShare, exe }: KernelView, words: Words): string {
  const { format } = words;
  const labels = labelsOf(words);
  const parts = [
    pid === null ? "" : labels.process(String(pid), name ?? ""),
    exe ?? "",
    threads === null ? "" : labels.threads(format(threads, "count")),
    cpuShare === null ? "" : labels.cpu(format(cpuShare, "fraction")),
  ];
  return parts.filter(Boolean).join(labels.separator);
}

type Column = TableView["columns"][number];

const number = (head: string): Column => ({ head, align: "right" });
const word = (head: string): Column => ({ head, align: "left" });

/** A difference with its sign; growth that lasts is marked. */
function showGrowth(growth: number, growing: boolean, unit: Unit, { format }: Words): string {
  if (growth === 0) return "";
  return `${format(growth, unit, { signed: true })}${growing ? " ↑" : ""}`;
}

function viewRss({ rss }: KernelView, words: Words): TableView | undefined {
  if (rss === null) return undefined;
  const { format } = words;
  const labels = labelsOf(words);
  const row = (what: string, bytes: number, change: string, series: readonly number[], note: string) => [
    format(bytes, "bytes"),
    format(bytes / rss.bytes, "fraction"),
    change,
    renderSparkline(series),
    what,
    note,
  ];
  return {
    id: "resident-set",
    title: labels.rss(format(rss.bytes, "bytes")),
    lead: "",
    columns: [
      number(labels.bytes),
      number(labels.share),
      number(labels.growth),
      word(""),
      word(labels.what),
      word(labels.source),
    ],
    rows: [
      ...rss.terms.map((term) =>
        row(
          labels.term[term.id],
          term.bytes,
          showGrowth(term.growth, term.growing, "bytes", words),
          term.series,
          labels.sourceOf(labels.sources[term.source], format(term.confidence, "fraction")),
        ),
      ),
      row(labels.residual, rss.residualBytes, "", [], ""),
      row(
        labels.total,
        rss.bytes,
        showGrowth(rss.growthBytes, rss.growing, "bytes", words),
        rss.series,
        labels.vmRss,
      ),
    ],
  };
}

/** Whole classes are in the resident set's table already; what is of interest here is what grows within them. */
function viewMappings({ mappings }: KernelView, words: Words, most: number): TableView | undefined {
  if (mappings === null) return undefined;
  const { format } = words;
  const labels = labelsOf(words);
  const shown = mappings.parts.filter(isWorthRow).slice(0, most);
  if (shown.length === 0) return undefined;
  return {
    id: "mappings",
    title: labels.mappings,
    lead: "",
    columns: [
      number(labels.count),
      number(labels.size),
      number(labels.resident),
      number(labels.growth),
      word(""),
      word(labels.what),
    ],
    rows: shown.map((group) => [
      format(group.count, "count"),
      format(group.sizeBytes, "bytes"),
      group.rssBytes === null ? "" : format(group.rssBytes, "bytes"),
      showGrowth(group.growth, group.growing, "bytes", words),
      renderSparkline(group.series),
      describeMapping(group, words),
    ]),
  };
}

const LEAST_PART_BYTES = 1024 * 1024;

function isWorthRow(group: MappingGroupView): boolean {
  return group.growing || (group.rssBytes ?? group.sizeBytes) >= LEAST_PART_BYTES;
}

function describeMapping({ class: name, part }: MappingGroupView, words: Words): string {
  const shape = /^([r-][w-][x-]) (\d+)$/.exec(part);
  if (shape === null) return part;
  const labels = labelsOf(words);
  return labels.shape(shape[1]!, words.format(Number(shape[2]), "bytes"), labels.class[name]);
}

function viewFds({ fds }: KernelView, words: Words, most: number): TableView | undefined {
  if (fds === null) return undefined;
  const { format } = words;
  const labels = labelsOf(words);
  const limit = fds.limit === null ? "" : format(fds.limit, "count");
  return {
    id: "file-descriptors",
    title: labels.fds(format(fds.open, "count"), limit),
    lead: "",
    columns: [number(labels.count), number(labels.growth), word(""), word(labels.kind), word(labels.place)],
    rows: fds.groups
      .slice(0, most)
      .map((group) => [
        format(group.count, "count"),
        showGrowth(group.growth, group.growing, "count", words),
        renderSparkline(group.series),
        labels.fdKind[group.kind],
        describePlace(group, labels),
      ]),
  };
}

function describePlace({ place, direction, states }: FdGroupView, labels: KernelLabels): string {
  const where = direction === null ? place : labels.direction[direction](place);
  const told = states.filter(({ state }) => state !== "ESTABLISHED" && state !== "LISTEN");
  return [where, ...told.map(({ state, count }) => `${count} ${state}`)]
    .filter(Boolean)
    .join(labels.separator);
}

function viewCgroup({ cgroup }: KernelView, words: Words): TableView | undefined {
  if (cgroup === null || cgroup.usageBytes === null) return undefined;
  const { usageBytes, limitBytes, workingSetBytes, beside, path } = cgroup;
  const labels = labelsOf(words);
  const row = (bytes: number | null, what: string) =>
    bytes === null ? [] : [[words.format(bytes, "bytes"), what]];
  return {
    id: "cgroup",
    title: labels.cgroup(path),
    lead: "",
    columns: [number(labels.bytes), word(labels.what)],
    rows: [
      ...row(limitBytes, labels.cgroupLimit),
      ...row(usageBytes, labels.cgroupUsage),
      ...row(workingSetBytes, labels.workingSet),
      ...beside.flatMap(({ part, bytes }) => row(bytes, labels.beside(labels.cgroupPart[part]))),
    ],
  };
}

/** The resident set and its larger or growing terms over time. */
function viewCharts({ rss }: KernelView, words: Words): ChartView[] {
  if (rss === null || rss.seconds.length < 2) return [];
  const { seconds } = rss;
  return rss.terms
    .filter((term) => term.series.length === seconds.length)
    .filter((term) => term.growing || Math.abs(term.bytes) >= CHARTED_SHARE * rss.bytes)
    .sort((a, b) => Number(b.growing) - Number(a.growing) || Math.abs(b.bytes) - Math.abs(a.bytes))
    .slice(0, MOST_CHARTS)
    .map((term) =>
      buildChart(labelsOf(words).term[term.id], { unit: "bytes", seconds, value: term.series }, words),
    );
}
