import type { HeapPage } from "../../heap/answers/heap-page.ts";
import type { HeapOwner } from "../../heap/answers/heap-report.ts";
import { formatQuantity } from "../../lib/format-quantity.ts";
import { escapeCode, escapeHtml, escapeJson } from "../escape-html.ts";
import { fillIn } from "../flame-layout.ts";
import type { PageSection } from "../html-page.ts";
import { renderPoints } from "../html-parts.ts";
import type { HeapLabels } from "./labels.ts";
import { buildHeapPageData } from "./page-data.ts";
import type { HeapPageLabels } from "./page-labels.ts";
import { renderHeapTable, type TableCell } from "./page-table.ts";
import { describeChecks, describeMap, ownerDetail, position, renderStack } from "./text.ts";

const bytes = (value: number): TableCell => ({ text: formatQuantity(value, "bytes"), value });
const count = (value: number): TableCell => ({ text: formatQuantity(value, "count"), value });
const share = (value: number): TableCell => ({ text: formatQuantity(value, "fraction"), value });
const hex = (address: number) => (address > 0 ? `0x${address.toString(16)}` : "");
const lead = (text: string) => `<p class="lead">${escapeHtml(text)}</p>`;

export interface SectionWords {
  words: HeapLabels;
  labels: HeapPageLabels;
  showValues: boolean;
}

export function heapSections(page: HeapPage, given: SectionWords): PageSection[] {
  const { words, labels } = given;
  const { report } = page;
  const section = (id: string, title: string, body: string): PageSection => ({
    id,
    title: escapeHtml(title),
    link: escapeHtml(title),
    body,
  });
  return [
    section("suspects", labels.suspects, renderSuspects(page, given)),
    section("walk", labels.walk, renderExplorer(page, given)),
    section("owners", labels.owners, lead(labels.ownersLead) + renderOwners(page, given)),
    section("maps", words.map.title, renderMaps(page, given)),
    section("types", labels.types, lead(labels.typesLead) + renderTypes(page, given)),
    section("channels", words.channel.title, renderChannels(page, given)),
    section("goroutines", words.goroutine.title, lead(labels.goroutinesLead) + renderGoroutines(page, given)),
    section("finalizers", labels.finalizers, renderFinalizers(page, given)),
    section("strings", labels.strings, renderStrings(page, given)),
    section("spans", labels.spans, renderSpans(page, given)),
    section(
      "checks",
      words.checks,
      `<div class="card missing">${renderPoints(describeChecks(report, words))}</div>`,
    ),
  ].filter((each) => each.body !== "");
}

function renderSuspects({ report }: HeapPage, { words, labels }: SectionWords): string {
  if (report.suspects.length === 0) return `<p class="card empty">${escapeHtml(labels.noSuspects)}</p>`;
  const cards = report.suspects.map((suspect) => renderSuspect(suspect, words, labels));
  return `${lead(labels.suspectsLead)}<div class="suspects warning">${cards.join("\n")}</div>`;
}

function renderSuspect(suspect: HeapOwner, words: HeapLabels, labels: HeapPageLabels): string {
  const { point } = suspect;
  const size = `${formatQuantity(suspect.retainedBytes, "bytes")}${words.comma}${fillIn(labels.keptShare, { share: formatQuantity(suspect.share, "fraction") })}`;
  const fact = (name: string, text: string) =>
    text === "" ? "" : `<dt>${escapeHtml(name)}</dt><dd><code>${escapeCode(text)}</code></dd>`;
  const facts =
    point === null
      ? ""
      : `<dl>${point.name === suspect.name ? "" : fact(labels.pilesUp, words.name(point.name))}${fact(labels.column.type, words.name(point.type))}${fact(labels.column.address, hex(point.address))}</dl>`;
  const note = suspect.kind === "shared" ? `<p class="note">${escapeHtml(words.shared)}</p>` : "";
  const meter = `<div class="meter" aria-hidden="true"><svg viewBox="0 0 100 6" preserveAspectRatio="none"><rect width="${Math.round(suspect.share * 1000) / 10}" height="6"/></svg></div>`;
  return `<article class="card suspect"><h3><code>${escapeCode(words.name(suspect.name))}</code></h3><p class="size">${escapeHtml(size)}</p>${meter}${facts}${note}</article>`;
}

function renderExplorer(page: HeapPage, { words, labels }: SectionWords): string {
  const { script } = labels;
  const keys = escapeHtml(script.keys).replace(/\{key ([^}]+)\}/g, "<kbd>$1</kbd>");
  const column = (text: string, className = "") =>
    `<th scope="col" role="columnheader"${className === "" ? "" : ` class="${className}"`}>${escapeHtml(text)}</th>`;
  return `${lead(labels.walkLead)}
<noscript><p class="card empty">${escapeHtml(labels.needsScript)}</p></noscript>
<div class="card walk-card" data-script-only hidden>
<div class="walk-tools"><fieldset class="choice"><legend>${escapeHtml(script.view)}</legend>
<label><input type="radio" name="heap-order" value="keeper" checked><span>${escapeHtml(script.byKeeper)}</span></label>
<label><input type="radio" name="heap-order" value="type"><span>${escapeHtml(script.byType)}</span></label></fieldset></div>
<nav aria-label="${escapeHtml(script.path)}"><ol id="heap-trail"></ol></nav>
<div id="heap-map" role="group" aria-label="${escapeHtml(script.treemap)}"></div>
<p id="heap-detail"></p>
<div class="tree-box"><table id="heap-tree" role="treegrid" aria-label="${escapeHtml(script.tree)}"><thead><tr>${column(script.column.name)}${column(script.column.type)}${column(script.column.own, "number")}${column(script.column.retained, "number")}${column(script.column.share, "number")}</tr></thead><tbody></tbody></table></div>
<p class="keys">${keys}</p>
</div>
<script type="application/json" id="heap-data">${escapeJson(buildHeapPageData(page, words, script))}</script>`;
}

function renderOwners({ report }: HeapPage, { words, labels }: SectionWords): string {
  return renderHeapTable(
    "owner-table",
    [
      {
        column: "owner",
        cell: (owner: HeapOwner) => {
          const detail = ownerDetail(owner, words);
          return {
            html: `<code>${escapeCode(words.name(owner.name))}</code>${detail === "" ? "" : `<span class="soft">${escapeCode(detail)}</span>`}`,
          };
        },
      },
      { column: "retained", isNumber: true, cell: (owner) => bytes(owner.retainedBytes) },
      { column: "share", isNumber: true, cell: (owner) => share(owner.share) },
    ],
    report.owners.filter((owner) => owner.retainedBytes > 0),
    labels,
  );
}

function renderMaps({ report }: HeapPage, { words, labels, showValues }: SectionWords): string {
  const { maps, syncMaps } = report;
  if (maps.length + syncMaps.length === 0) return "";
  const table = renderHeapTable(
    "map-table",
    [
      {
        column: "owner",
        cell: (map: (typeof maps)[number]) => {
          const notes =
            map.retainedBytes < report.reachableBytes * 0.001 ? [] : describeMap(map, words).slice(1);
          const places = map.allocatedAt.map(({ stack, objects }) =>
            words.map.allocated(formatQuantity(objects, "count"), renderStack(stack)),
          );
          return {
            html: `<code>${escapeCode(words.name(map.owner) || words.map.noPath)}</code><span class="soft"><code>${escapeCode(map.type || words.map.unknownType)}</code></span>${[...notes, ...places].map((note) => `<span class="soft">${escapeHtml(note)}</span>`).join("")}`,
          };
        },
      },
      { column: "entries", isNumber: true, cell: (map) => count(map.entries) },
      { column: "retained", isNumber: true, cell: (map) => bytes(map.retainedBytes) },
      { column: "ownBytes", isNumber: true, cell: (map) => bytes(map.ownBytes) },
      {
        column: "load",
        isNumber: true,
        cell: (map) => (map.slots === 0 ? { text: "", value: -1 } : share(map.entries / map.slots)),
      },
      { column: "reclaimable", isNumber: true, cell: (map) => bytes(map.reclaimableBytes) },
    ],
    maps,
    labels,
  );
  const tries = renderHeapTable(
    "sync-map-table",
    [
      { column: "owner", cell: (map: (typeof syncMaps)[number]) => ({ code: words.name(map.name) }) },
      { column: "entries", isNumber: true, cell: (map) => count(map.entries) },
    ],
    syncMaps.filter((map) => map.entries > 0),
    labels,
    "sync.Map",
  );
  const redacted = showValues ? "" : `<p class="note">${escapeHtml(labels.redacted)}</p>`;
  return lead(labels.mapsLead) + table + tries + redacted;
}

function renderTypes({ types, report }: HeapPage, { words, labels }: SectionWords): string {
  return (
    renderHeapTable(
      "type-table",
      [
        {
          column: "type",
          cell: (row: (typeof types)[number]) => ({ code: words.name(row.name) || words.unknownType }),
        },
        { column: "bytes", isNumber: true, cell: (row) => bytes(row.bytes) },
        { column: "share", isNumber: true, cell: (row) => share(row.bytes / report.reachableBytes) },
        { column: "objects", isNumber: true, cell: (row) => count(row.objects) },
      ],
      types.slice(0, report.types.length),
      labels,
    ) +
    renderHeapTable(
      "package-table",
      [
        {
          column: "package",
          cell: (row: (typeof types)[number]) => ({ code: row.name || words.unknownType }),
        },
        { column: "bytes", isNumber: true, cell: (row) => bytes(row.bytes) },
        { column: "share", isNumber: true, cell: (row) => share(row.bytes / report.reachableBytes) },
        { column: "objects", isNumber: true, cell: (row) => count(row.objects) },
      ],
      report.packages,
      labels,
      words.packages,
    )
  );
}

function renderChannels({ channels }: HeapPage, { words, labels }: SectionWords): string {
  if (channels.length === 0) return "";
  const table = renderHeapTable(
    "channel-table",
    [
      {
        column: "owner",
        cell: (row: (typeof channels)[number]) => ({
          html: `<code>${escapeCode(words.name(row.owner) || hex(row.address))}</code><span class="soft"><code>${escapeCode(row.type)}</code>${row.closed ? ` ${escapeHtml(words.channel.closed)}` : ""}</span>`,
        }),
      },
      { column: "length", isNumber: true, cell: (row) => count(row.length) },
      { column: "capacity", isNumber: true, cell: (row) => count(row.capacity) },
      { column: "retained", isNumber: true, cell: (row) => bytes(row.retainedBytes) },
      {
        column: "waiting",
        isNumber: true,
        cell: (row) => ({
          html: [
            ...(row.receivers > 0 ? [words.channel.receivers(formatQuantity(row.receivers, "count"))] : []),
            ...(row.senders > 0 ? [words.channel.senders(formatQuantity(row.senders, "count"))] : []),
          ]
            .map(escapeHtml)
            .join("<br>"),
          value: row.receivers + row.senders,
        }),
      },
    ],
    channels,
    labels,
  );
  return lead(labels.channelsLead) + table;
}

function renderGoroutines({ report }: HeapPage, { words, labels }: SectionWords): string {
  type Group = (typeof report.goroutineGroups)[number];
  const place = (group: Group): TableCell => {
    const own = group.stack.find((each) => !each.function.startsWith("runtime.")) ?? group.stack[0];
    const head = own === undefined ? "" : `<code>${escapeCode(`${own.function} ${position(own)}`)}</code>`;
    const frames = group.stack.map(
      (each) => `<li><code>${escapeCode(`${each.function} ${position(each)}`)}</code></li>`,
    );
    const createdBy =
      group.createdBy === null
        ? ""
        : `<p class="soft">${escapeHtml(words.goroutine.createdBy(`${group.createdBy.function} ${position(group.createdBy)}`))}</p>`;
    return {
      html: `<details><summary>${head || escapeHtml(labels.stack)}</summary><ol>${frames.join("")}</ol>${createdBy}</details>`,
    };
  };
  return renderHeapTable(
    "goroutine-table",
    [
      { column: "count", isNumber: true, cell: (group: Group) => count(group.count) },
      {
        column: "state",
        cell: (group) => ({
          html: `<code>${escapeHtml(group.waitReason === "" ? group.status : group.waitReason)}</code>`,
        }),
      },
      { column: "place", cell: place },
      { column: "stackBytes", isNumber: true, cell: (group) => bytes(group.stackBytes) },
      { column: "retained", isNumber: true, cell: (group) => bytes(group.retainedBytes) },
    ],
    report.goroutineGroups,
    labels,
  );
}

function renderFinalizers({ report, runtimeRoots }: HeapPage, { words, labels }: SectionWords): string {
  const { finalizers, cleanups, weakHandles, queued } = report.specials;
  const number = (value: number) => formatQuantity(value, "count");
  return (
    `<p class="lead">${escapeHtml(words.specials.summary(number(finalizers), number(cleanups), number(weakHandles), number(queued)))}</p>` +
    renderHeapTable(
      "finalizer-table",
      [
        { column: "root", cell: (row: (typeof runtimeRoots)[number]) => ({ text: words.name(row.name) }) },
        { column: "retained", isNumber: true, cell: (row) => bytes(row.retainedBytes) },
      ],
      runtimeRoots,
      labels,
    )
  );
}

function renderStrings({ waste }: HeapPage, { words, labels, showValues }: SectionWords): string {
  const { duplicates, slices, pinned } = waste;
  if (duplicates.length + slices.length + pinned.length === 0) return "";
  const summary = words.strings.summary(
    formatQuantity(waste.strings, "count"),
    formatQuantity(waste.stringsWastedBytes, "bytes"),
  );
  const redacted = showValues ? "" : `<p class="note">${escapeHtml(labels.redacted)}</p>`;
  return (
    lead(`${labels.stringsLead} ${summary}`) +
    renderHeapTable(
      "string-table",
      [
        { column: "text", cell: (row: (typeof duplicates)[number]) => ({ code: JSON.stringify(row.text) }) },
        { column: "length", isNumber: true, cell: (row) => bytes(row.length) },
        { column: "copies", isNumber: true, cell: (row) => count(row.copies) },
        { column: "wasted", isNumber: true, cell: (row) => bytes(row.wastedBytes) },
      ],
      duplicates,
      labels,
      words.strings.equal,
    ) +
    renderHeapTable(
      "slice-table",
      [
        { column: "holder", cell: (row: (typeof slices)[number]) => ({ code: words.name(row.holder) }) },
        { column: "slices", isNumber: true, cell: (row) => count(row.slices) },
        { column: "used", isNumber: true, cell: (row) => bytes(row.usedBytes) },
        { column: "unused", isNumber: true, cell: (row) => bytes(row.unusedBytes) },
      ],
      slices,
      labels,
      words.strings.slices,
    ) +
    renderHeapTable(
      "pinned-table",
      [
        { column: "holder", cell: (row: (typeof pinned)[number]) => ({ code: words.name(row.holder) }) },
        { column: "address", cell: (row) => ({ code: hex(row.address) }) },
        { column: "bytes", isNumber: true, cell: (row) => bytes(row.objectBytes) },
        { column: "used", isNumber: true, cell: (row) => bytes(row.usedBytes) },
      ],
      pinned,
      labels,
      words.strings.pinned,
    ) +
    redacted
  );
}

function renderSpans({ report }: HeapPage, { words, labels }: SectionWords): string {
  return renderHeapTable(
    "span-table",
    [
      {
        column: "slot",
        cell: (row: (typeof report.spans)[number]) => ({
          text: `${row.elementBytes === 0 ? words.spans.large : formatQuantity(row.elementBytes, "bytes")}${row.hasPointers ? "" : `${words.comma}${words.spans.noPointers}`}`,
        }),
      },
      { column: "spans", isNumber: true, cell: (row) => count(row.spans) },
      {
        column: "slots",
        isNumber: true,
        cell: (row) => ({
          text: words.spans.of(formatQuantity(row.used, "count"), formatQuantity(row.slots, "count")),
          value: row.used,
        }),
      },
      { column: "free", isNumber: true, cell: (row) => bytes(row.freeBytes) },
      { column: "tail", isNumber: true, cell: (row) => bytes(row.tailBytes) },
    ],
    report.spans,
    labels,
  );
}

/** A name with its value, for the line of facts below the band. */
export function renderFact(name: string, value: string): string {
  return `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`;
}
