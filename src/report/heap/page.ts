import type { HeapDiff, HeapDiffRow } from "../../heap/answers/heap-diff.ts";
import type { HeapPage } from "../../heap/answers/heap-page.ts";
import { formatQuantity } from "../../lib/format-quantity.ts";
import { escapeHtml } from "../escape-html.ts";
import { fillIn } from "../flame-layout.ts";
import { type PageSection, renderPage, renderSections } from "../html-page.ts";
import { renderProse } from "../html-parts.ts";
import type { Language } from "../messages/language.ts";
import { HEAP_LABELS } from "./labels.ts";
import { HEAP_PAGE_LABELS } from "./page-labels.ts";
import { heapSections, renderFact } from "./page-sections.ts";
import { HEAP_PAGE_STYLE } from "./page-style.ts";
import { renderHeapTable } from "./page-table.ts";
import { describeHeap, describeSuspect } from "./text.ts";
import { describeDiff } from "./view-text.ts";

export interface HeapPageOptions {
  language: Language;
  gopatrolVersion: string;
  /** What was read: a file's name, "pid:12". */
  name: string;
  showValues: boolean;
  /** The text of src/web/heap/page-script.ts; the caller passes it because this layer knows no browser code. */
  pageScript: string;
}

const WARNING = { className: "warning", colour: "#8a5300" };
const NEUTRAL = { className: "info", colour: "#35597d" };

/** A heap as one HTML file that loads nothing: who keeps the memory, a treemap and tree to walk, and tables. */
export function renderHeapPage(page: HeapPage, options: HeapPageOptions): string {
  const { tag } = options.language;
  const words = HEAP_LABELS[tag];
  const labels = HEAP_PAGE_LABELS[tag];
  const { report } = page;
  const facts = [
    renderFact(labels.liveHeap, formatQuantity(report.reachableBytes, "bytes")),
    renderFact(labels.objects, formatQuantity(report.reachableObjects, "count")),
    renderFact(labels.goroutines, formatQuantity(report.goroutines, "count")),
    renderFact(labels.stacks, formatQuantity(report.stackBytes, "bytes")),
    renderFact(labels.goVersion, report.goVersion.replace(/^go/, "")),
  ];
  return render(options, {
    kind: labels.heapReport,
    headline: describeSuspect(report, words),
    text: [describeHeap(report, words)],
    facts,
    tone: report.suspects.length > 0 ? WARNING : NEUTRAL,
    sections: heapSections(page, { words, labels, showValues: options.showValues }),
  });
}

/** Two heaps as one HTML file: what changed by owner, map and type. */
export function renderHeapDiffPage(diff: HeapDiff, options: HeapPageOptions): string {
  const { tag } = options.language;
  const words = HEAP_LABELS[tag];
  const labels = HEAP_PAGE_LABELS[tag];
  const [headline, ...text] = describeDiff(diff, words);
  const side = (bytes: number, objects: number) =>
    `${formatQuantity(bytes, "bytes")}${words.comma}${fillIn(labels.script.objects, { count: formatQuantity(objects, "count") })}`;
  const table = (id: string, title: string, rows: readonly HeapDiffRow[]): PageSection => ({
    id,
    title: escapeHtml(title),
    link: escapeHtml(title),
    body: renderDiffTable(`${id}-table`, rows, tag),
  });
  return render(options, {
    kind: labels.diffReport,
    headline: headline!,
    text,
    facts: [
      renderFact(labels.column.before, side(diff.before.bytes, diff.before.objects)),
      renderFact(labels.column.after, side(diff.after.bytes, diff.after.objects)),
    ],
    tone: NEUTRAL,
    sections: [
      table("owners", words.diff.owners, diff.owners),
      table("maps", words.diff.maps, diff.maps),
      table("types", words.diff.types, diff.types),
    ],
  });
}

function renderDiffTable(id: string, rows: readonly HeapDiffRow[], tag: Language["tag"]): string {
  const words = HEAP_LABELS[tag];
  const labels = HEAP_PAGE_LABELS[tag];
  const bytes = (value: number) => ({ text: formatQuantity(value, "bytes"), value });
  const count = (value: number) => ({ text: formatQuantity(value, "count"), value });
  if (rows.length === 0) return `<p class="card empty">${escapeHtml(words.none)}</p>`;
  return renderHeapTable(
    id,
    [
      { column: "name", cell: (row: HeapDiffRow) => ({ code: words.name(row.name) || words.unknownType }) },
      {
        column: "change",
        isNumber: true,
        cell: (row) => {
          const value = row.afterBytes - row.beforeBytes;
          return {
            html: `<span class="change-${value < 0 ? "down" : "up"}">${escapeHtml(formatQuantity(value, "bytes", { signed: true }))}</span>`,
            value,
          };
        },
      },
      { column: "before", isNumber: true, cell: (row) => bytes(row.beforeBytes) },
      { column: "after", isNumber: true, cell: (row) => bytes(row.afterBytes) },
      { column: "countBefore", isNumber: true, cell: (row) => count(row.beforeCount) },
      { column: "countAfter", isNumber: true, cell: (row) => count(row.afterCount) },
      {
        column: "older",
        isNumber: true,
        cell: (row) => (row.olderBytes === null ? { text: "", value: -1 } : bytes(row.olderBytes)),
      },
    ],
    rows,
    labels,
  );
}

function render(
  { language, gopatrolVersion, name, pageScript }: HeapPageOptions,
  {
    kind,
    headline,
    text,
    facts,
    tone,
    sections,
  }: {
    kind: string;
    headline: string;
    text: readonly string[];
    facts: readonly string[];
    tone: { className: string; colour: string };
    sections: readonly PageSection[];
  },
): string {
  const { tag, labels } = language;
  return renderPage({
    tag,
    gopatrolVersion,
    title: fillIn(HEAP_PAGE_LABELS[tag].title, { name }),
    tone,
    labels: labels.page,
    band: `<header class="masthead"><span><strong>gopatrol</strong> ${escapeHtml(kind)}</span><span><code>${escapeHtml(name)}</code></span></header>
<div id="verdict"><h1>${renderProse(headline)}</h1>${text.map((each) => `<p class="advice">${renderProse(each)}</p>`).join("")}</div>`,
    body: `<dl class="facts">${facts.join("")}</dl>\n${renderSections(sections, labels.page)}`,
    pageScript,
    style: HEAP_PAGE_STYLE,
  });
}
