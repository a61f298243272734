import { styleText } from "node:util";
import type { HeapOwner, HeapReport, OwnedMap } from "../../heap/answers/heap-report.ts";
import type { KeyDistribution } from "../../heap/maps/key-distribution.ts";
import type { CodePlace } from "../../heap/runtime/function-table.ts";
import { formatQuantity } from "../../lib/format-quantity.ts";
import { padEnd, padStart } from "../../lib/text-columns.ts";
import { wrapText } from "../../lib/wrap-text.ts";
import type { LanguageTag } from "../messages/language-tag.ts";
import type { TextOptions } from "../text.ts";
import { HEAP_LABELS, type HeapLabels } from "./labels.ts";

type Style = Parameters<typeof styleText>[0];

export interface HeapTextOptions extends TextOptions {
  tag: LanguageTag;
}

const FRAMES_SHOWN = 4;
const SHAPES_SHOWN = 3;
/** A map below this share of the live heap is listed, but not taken apart. */
const DETAILED_SHARE = 0.02;
/** Share of the bytes below which it is not told that only their holders are known. */
const HELD_WORTH_TELLING = 0.0005;

const bytes = (value: number) => formatQuantity(value, "bytes");
const count = (value: number) => formatQuantity(value, "count");
const share = (value: number) => formatQuantity(value, "fraction");

/** The heap report for a terminal: who holds the memory first, then tables, then how sure the analysis is. */
export function renderHeapText(report: HeapReport, options: HeapTextOptions): string {
  const { width, color } = options;
  const labels = HEAP_LABELS[options.tag];
  const style = styler(color);
  const out: string[] = [];
  const heading = (text: string) => out.push("", style("bold", text));
  const paragraph = (text: string, indent: string, first = indent) => {
    for (const [i, line] of wrapText(text, width - indent.length).entries())
      out.push((i === 0 ? first : indent) + line);
  };
  out.push(...renderHeadline(report, width, labels).map((line, i) => (i === 0 ? style("bold", line) : line)));

  heading(labels.owners);
  for (const owner of report.owners) {
    if (owner.share < 0.001) break;
    out.push(
      `  ${padStart(share(owner.share), 7)}  ${padStart(bytes(owner.retainedBytes), 8)}  ${style("bold", labels.name(owner.name))}`,
    );
    const detail = ownerDetail(owner, labels);
    if (detail !== "") paragraph(detail, "                     ");
  }

  out.push("", ...renderMaps(report, DETAILED_SHARE * report.reachableBytes, options));

  heading(labels.types);
  for (const row of report.types)
    out.push(
      `  ${padStart(bytes(row.bytes), 8)}  ${padStart(count(row.objects), 10)}  ${labels.name(row.name) || labels.unknownType}`,
    );
  heading(labels.packages);
  for (const row of report.packages)
    out.push(
      `  ${padStart(bytes(row.bytes), 8)}  ${padStart(count(row.objects), 10)}  ${labels.name(row.name) || labels.unknownType}`,
    );

  out.push("", ...renderGoroutineGroups(report.goroutineGroups, options));

  heading(labels.checks);
  for (const line of describeChecks(report, labels)) paragraph(line, "    ", "  - ");
  return `${out.join("\n")}\n`;
}

/** Maps, largest first; those that keep less than `detailedBytes` in two lines each. */
export function renderMaps(
  { maps, syncMaps }: Pick<HeapReport, "maps" | "syncMaps">,
  detailedBytes: number,
  { width, color, tag }: HeapTextOptions,
): string[] {
  const style = styler(color);
  const labels = HEAP_LABELS[tag];
  const { map: words } = labels;
  const out = [style("bold", words.title)];
  const paragraph = (text: string, indent: string) =>
    out.push(...wrapText(text, width - indent.length).map((line) => indent + line));
  if (maps.length === 0) out.push(`  ${labels.none}`);
  for (const map of maps) {
    const type = map.type === "" ? words.unknownType : map.type;
    out.push(
      `  ${padStart(bytes(map.retainedBytes), 8)}  ${padStart(words.entries(count(map.entries)), 18)}  ${style("bold", labels.name(map.owner) || words.noPath)}`,
    );
    out.push(style("dim", `            ${type}`));
    if (map.retainedBytes < detailedBytes) continue;
    for (const line of describeMap(map, labels)) paragraph(line, "            ");
    for (const { stack, objects } of map.allocatedAt) {
      paragraph(words.allocated(count(objects), renderStack(stack)), "            ");
    }
  }
  for (const { name, entries } of syncMaps) {
    if (entries > 0)
      out.push(
        `            ${padStart(words.entries(count(entries)), 18)}  ${style("bold", labels.name(name))} (sync.Map)`,
      );
  }
  return out;
}

export function renderGoroutineGroups(
  groups: HeapReport["goroutineGroups"],
  { color, tag }: HeapTextOptions,
): string[] {
  const style = styler(color);
  const { goroutine: words } = HEAP_LABELS[tag];
  const out = [style("bold", words.title)];
  for (const group of groups) {
    const state = group.waitReason === "" ? group.status : group.waitReason;
    out.push(
      `  ${style("bold", padStart(count(group.count), 7))}  ${padEnd(state, 20)}  ${words.stacks(bytes(group.stackBytes), bytes(group.retainedBytes))}`,
    );
    const own = group.stack.filter((place) => !place.function.startsWith("runtime."));
    for (const place of own.slice(0, FRAMES_SHOWN))
      out.push(`           ${place.function} ${style("cyan", position(place))}`);
    if (group.createdBy !== null)
      out.push(
        style(
          "dim",
          `           ${words.createdBy(`${group.createdBy.function} ${position(group.createdBy)}`)}`,
        ),
      );
  }
  return out;
}

function styler(color: boolean): (kind: Style, text: string) => string {
  return (kind, text) => (color ? styleText(kind, text, { validateStream: false }) : text);
}

function renderHeadline(report: HeapReport, width: number, labels: HeapLabels): string[] {
  return [describeSuspect(report, labels), describeHeap(report, labels)].flatMap((line) =>
    wrapText(line, width),
  );
}

export function describeSuspect({ suspects: [suspect] }: HeapReport, labels: HeapLabels): string {
  if (suspect === undefined) return labels.noSuspect;
  const name = labels.name(suspect.name);
  const type = suspect.point === null ? "" : ` (${labels.name(suspect.point.type) || labels.unknownType})`;
  return labels.suspect(`${name}${type}`, bytes(suspect.retainedBytes), share(suspect.share));
}

export function describeHeap(report: HeapReport, labels: HeapLabels): string {
  const { reachableBytes, reachableObjects, checks, goVersion, goroutines, stackBytes } = report;
  const dead = count(checks.unreachableObjects);
  return `${labels.summary(bytes(reachableBytes), count(reachableObjects), dead)} ${labels.process(goVersion, count(goroutines), bytes(stackBytes))}`;
}

export function ownerDetail({ point, kind, name }: HeapOwner, labels: HeapLabels): string {
  const parts: string[] = [];
  if (kind === "shared") parts.push(labels.shared);
  if (point !== null) {
    if (point.name !== name && point.name !== "") parts.push(labels.pilesUpIn(labels.name(point.name)));
    if (point.type !== "") parts.push(labels.name(point.type));
  }
  return parts.join(labels.comma);
}

/** What there is to say of one map, a line each. */
export function describeMap(map: OwnedMap, { map: words, comma }: HeapLabels): string[] {
  const load = map.slots === 0 ? "" : words.load(share(map.entries / map.slots), count(map.slots));
  const rest = Math.max(0, map.retainedBytes - map.ownBytes);
  const lines = [words.own(bytes(map.ownBytes), load, bytes(rest), count(map.hops))];
  if (map.reclaimableBytes > 0) lines.push(words.reclaimable(bytes(map.reclaimableBytes)));
  if (map.isGrowing) lines.push(words.growing);
  if (map.keys !== null) lines.push(...describeKeys(map.keys, words, comma));
  return lines;
}

function describeKeys(keys: KeyDistribution, words: HeapLabels["map"], comma: string): string[] {
  const lines: string[] = [];
  if (keys.length !== null) {
    const { min, median, max } = keys.length;
    lines.push(words.keyLengths(count(min), count(max), count(median)));
    const shapes = keys.shapes
      .slice(0, SHAPES_SHOWN)
      .map(({ shape, share: of }) => `${JSON.stringify(shape)} ${share(of)}`);
    if (shapes.length > 0) lines.push(words.shapes(shapes.join(comma)));
    if (keys.sampled >= 100 && keys.distinctAfterNormalising < 0.1)
      lines.push(words.fewShapes(share(keys.distinctAfterNormalising)));
  }
  if (keys.range !== null) lines.push(words.range(count(keys.range.min), count(keys.range.max)));
  return lines;
}

/** How sure the analysis is of itself, a sentence each. */
export function describeChecks(
  { checks, identity, layoutBy, stripped, goVersion }: HeapReport,
  { check: words }: HeapLabels,
): string[] {
  const lines = [
    words.identity[identity],
    words.typed(share(checks.typedObjects), share(checks.typedBytes), stripped),
  ];
  if (checks.codeBytes > HELD_WORTH_TELLING) lines.push(words.byCode(share(checks.codeBytes)));
  if (checks.heldBytes > HELD_WORTH_TELLING) lines.push(words.held(share(checks.heldBytes)));
  if (layoutBy === "debug-information") lines.push(words.byDebugInformation(goVersion));
  if (checks.badPointers > 0) lines.push(words.badPointers(count(checks.badPointers)));
  if (checks.damagedSpans > 0) lines.push(words.damagedSpans(count(checks.damagedSpans)));
  if (checks.copiedOverMs > 0) lines.push(words.copiedOver(count(Math.ceil(checks.copiedOverMs))));
  if (checks.missingShare > 0.0001) lines.push(words.missingShare(share(checks.missingShare)));
  if (checks.missingBytes > 0) lines.push(words.missingBytes(bytes(checks.missingBytes)));
  if (checks.unknownMasks > 0) lines.push(words.unknownMasks(count(checks.unknownMasks)));
  if (checks.incompleteStacks > 0) lines.push(words.incompleteStacks(count(checks.incompleteStacks)));
  return lines;
}

export function renderStack(stack: readonly CodePlace[]): string {
  return stack
    .slice(0, FRAMES_SHOWN)
    .map((place) => `${place.function} ${position(place)}`)
    .join(" ← ");
}

export function position({ file, line }: CodePlace): string {
  return file === "" ? "" : `${file.split("/").at(-1)}:${line}`;
}
