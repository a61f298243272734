import { styleText } from "node:util";
import type { HeapOwner, HeapReport, OwnedMap } from "../../heap/answers/heap-report.ts";
import type { KeyDistribution } from "../../heap/maps/key-distribution.ts";
import type { CodePlace } from "../../heap/runtime/function-table.ts";
import { formatQuantity } from "../../lib/format-quantity.ts";
import { padEnd, padStart } from "../../lib/text-columns.ts";
import { wrapText } from "../../lib/wrap-text.ts";
import type { TextOptions } from "../text.ts";

type Style = Parameters<typeof styleText>[0];

const FRAMES_SHOWN = 4;
const SHAPES_SHOWN = 3;
/** A map below this share of the live heap is listed, but not taken apart. */
const DETAILED_SHARE = 0.02;

const bytes = (value: number) => formatQuantity(value, "bytes");
const count = (value: number) => formatQuantity(value, "count");
const share = (value: number) => formatQuantity(value, "fraction");

/** The heap report for a terminal: who holds the memory first, then tables, then how sure the analysis is. */
export function renderHeapText(report: HeapReport, { width, color }: TextOptions): string {
  const style = styler(color);
  const out: string[] = [];
  const heading = (text: string) => out.push("", style("bold", text));
  const paragraph = (text: string, indent: string, first = indent) => {
    for (const [i, line] of wrapText(text, width - indent.length).entries())
      out.push((i === 0 ? first : indent) + line);
  };
  out.push(...renderHeadline(report, width).map((line, i) => (i === 0 ? style("bold", line) : line)));

  heading("Who holds the memory");
  for (const owner of report.owners) {
    if (owner.share < 0.001) break;
    out.push(
      `  ${padStart(share(owner.share), 7)}  ${padStart(bytes(owner.retainedBytes), 8)}  ${style("bold", owner.name)}`,
    );
    const detail = ownerDetail(owner);
    if (detail !== "") paragraph(detail, "                     ");
  }

  out.push("", ...renderMaps(report, DETAILED_SHARE * report.reachableBytes, { width, color }));

  heading("What it is");
  for (const row of report.types)
    out.push(
      `  ${padStart(bytes(row.bytes), 8)}  ${padStart(count(row.objects), 10)}  ${row.name || "(type not known)"}`,
    );
  heading("By package");
  for (const row of report.packages)
    out.push(
      `  ${padStart(bytes(row.bytes), 8)}  ${padStart(count(row.objects), 10)}  ${row.name || "(type not known)"}`,
    );

  out.push("", ...renderGoroutineGroups(report.goroutineGroups, { width, color }));

  heading("How sure this is");
  for (const line of renderChecks(report)) paragraph(line, "    ", "  - ");
  return `${out.join("\n")}\n`;
}

/** Maps, largest first; those that keep less than `detailedBytes` in two lines each. */
export function renderMaps(
  { maps, syncMaps }: Pick<HeapReport, "maps" | "syncMaps">,
  detailedBytes: number,
  { width, color }: TextOptions,
): string[] {
  const style = styler(color);
  const out = [style("bold", "Maps")];
  const paragraph = (text: string, indent: string) =>
    out.push(...wrapText(text, width - indent.length).map((line) => indent + line));
  if (maps.length === 0) out.push("  none");
  for (const map of maps) {
    const type = map.type === "" ? "map (its type is not known)" : map.type;
    out.push(
      `  ${padStart(bytes(map.retainedBytes), 8)}  ${padStart(count(map.entries), 10)} entries  ${style("bold", map.owner || "(no path)")}`,
    );
    out.push(style("dim", `            ${type}`));
    if (map.retainedBytes < detailedBytes) continue;
    for (const line of mapDetail(map)) paragraph(line, "            ");
    for (const { stack, objects } of map.allocatedAt) {
      paragraph(
        `sampled objects of it were allocated ${count(objects)} times at ${renderStack(stack)}`,
        "            ",
      );
    }
  }
  for (const { name, entries } of syncMaps) {
    if (entries > 0)
      out.push(`            ${padStart(count(entries), 10)} entries  ${style("bold", name)} (sync.Map)`);
  }
  return out;
}

export function renderGoroutineGroups(
  groups: HeapReport["goroutineGroups"],
  { color }: TextOptions,
): string[] {
  const style = styler(color);
  const out = [style("bold", "Goroutines")];
  for (const group of groups) {
    const state = group.waitReason === "" ? group.status : group.waitReason;
    out.push(
      `  ${style("bold", padStart(count(group.count), 7))}  ${padEnd(state, 20)}  stacks ${bytes(group.stackBytes)}, they alone keep ${bytes(group.retainedBytes)}`,
    );
    const own = group.stack.filter((place) => !place.function.startsWith("runtime."));
    for (const place of own.slice(0, FRAMES_SHOWN))
      out.push(`           ${place.function} ${style("cyan", position(place))}`);
    if (group.createdBy !== null)
      out.push(
        style("dim", `           created by ${group.createdBy.function} ${position(group.createdBy)}`),
      );
  }
  return out;
}

function styler(color: boolean): (kind: Style, text: string) => string {
  return (kind, text) => (color ? styleText(kind, text, { validateStream: false }) : text);
}

function renderHeadline(report: HeapReport, width: number): string[] {
  const [suspect] = report.suspects;
  const lines: string[] = [];
  if (suspect !== undefined) {
    const at = suspect.point === null ? "" : ` (${suspect.point.type || "type not known"})`;
    lines.push(
      ...wrapText(
        `${suspect.name}${at} keeps ${bytes(suspect.retainedBytes)} alive, ${share(suspect.share)} of the live heap.`,
        width,
      ),
    );
  } else lines.push("No variable or goroutine alone keeps a tenth of the live heap.");
  lines.push(
    ...wrapText(
      `${bytes(report.reachableBytes)} in ${count(report.reachableObjects)} objects are reachable; ` +
        `${count(report.checks.unreachableObjects)} more are dead and not swept yet. ` +
        `${report.goVersion}, ${count(report.goroutines)} goroutines with ${bytes(report.stackBytes)} of stacks, ` +
        `${count(report.maps.length)} maps listed.`,
      width,
    ),
  );
  return lines;
}

function ownerDetail({ point, kind, name }: HeapOwner): string {
  const parts: string[] = [];
  if (kind === "shared") parts.push("reached from several roots");
  if (point !== null) {
    if (point.name !== name && point.name !== "") parts.push(`piles up in ${point.name}`);
    if (point.type !== "") parts.push(point.type);
  }
  return parts.join(", ");
}

function mapDetail(map: OwnedMap): string[] {
  const lines: string[] = [];
  const load = map.slots === 0 ? "" : `, ${share(map.entries / map.slots)} of ${count(map.slots)} slots`;
  const rest = Math.max(0, map.retainedBytes - map.ownBytes);
  lines.push(
    `${bytes(map.ownBytes)} for the map itself${load}, ${bytes(rest)} in what only its entries keep; ${count(map.hops)} hops from a root`,
  );
  if (map.reclaimableBytes > 0)
    lines.push(`made anew with these entries, the map itself would need ${bytes(map.reclaimableBytes)} less`);
  if (map.isGrowing) lines.push("it is being grown, so old and new buckets are there at once");
  if (map.keys !== null) lines.push(...keyLines(map.keys));
  return lines;
}

function keyLines(keys: KeyDistribution): string[] {
  const lines: string[] = [];
  if (keys.length !== null) {
    const { min, median, max } = keys.length;
    lines.push(`keys of ${min} to ${max} bytes (half up to ${median})`);
    const shapes = keys.shapes
      .slice(0, SHAPES_SHOWN)
      .map(({ shape, share: of }) => `${JSON.stringify(shape)} ${share(of)}`);
    if (shapes.length > 0) lines.push(`they look like ${shapes.join(", ")}`);
    if (keys.sampled >= 100 && keys.distinctAfterNormalising < 0.1)
      lines.push(
        `without numbers, ids and times in them only ${share(keys.distinctAfterNormalising)} of the keys would differ`,
      );
  }
  if (keys.range !== null) lines.push(`keys from ${count(keys.range.min)} to ${count(keys.range.max)}`);
  return lines;
}

function renderChecks({ checks, identity, layoutBy, stripped, goVersion }: HeapReport): string[] {
  const lines = [
    identity === "same-build-id"
      ? "The executable has the build id of the process."
      : identity === "same-text"
        ? "The executable's code is that of the process; the build id is not in the core."
        : "Whether the executable is that of the process could not be checked: no page of it is in the core.",
    `${share(checks.typedObjects)} of the objects and ${share(checks.typedBytes)} of their bytes have a known type${stripped ? "; the executable is stripped, so variables have no names" : ""}.`,
  ];
  if (layoutBy === "debug-information")
    lines.push(`${goVersion} is newer than this gopatrol; its own debug information told how to read it.`);
  if (checks.badPointers > 0)
    lines.push(`${count(checks.badPointers)} pointer words hold no pointer: the core may be damaged.`);
  if (checks.missingShare > 0.0001)
    lines.push(`${share(checks.missingShare)} of the core is missing; what lay there is not counted.`);
  if (checks.missingBytes > 0) lines.push(`${bytes(checks.missingBytes)} of the heap are not in the core.`);
  if (checks.unknownMasks > 0)
    lines.push(
      `${count(checks.unknownMasks)} objects were not looked into: their type's mask is not in the core.`,
    );
  if (checks.incompleteStacks > 0)
    lines.push(
      `${count(checks.incompleteStacks)} stacks could not be unwound to their end; the rest of them was scanned word by word.`,
    );
  return lines;
}

function renderStack(stack: readonly CodePlace[]): string {
  return stack
    .slice(0, FRAMES_SHOWN)
    .map((place) => `${place.function} ${position(place)}`)
    .join(" ← ");
}

function position({ file, line }: CodePlace): string {
  return file === "" ? "" : `${file.split("/").at(-1)}:${line}`;
}
