import type { HeapAnswer } from "../../heap/answers/answer-view.ts";
import type { HeapDiffRow } from "../../heap/answers/heap-diff.ts";
import type { PathStep } from "../../heap/answers/object-path.ts";
import { formatQuantity } from "../../lib/format-quantity.ts";
import { padEnd, padStart } from "../../lib/text-columns.ts";
import type { TextOptions } from "../text.ts";
import { renderGoroutineGroups, renderHeapText, renderMaps } from "./text.ts";

const bytes = (value: number) => formatQuantity(value, "bytes");
const count = (value: number) => formatQuantity(value, "count");
const hex = (address: number) => `0x${address.toString(16)}`;
const lines = (head: string, rows: readonly string[]) => [head, ...(rows.length === 0 ? ["  none"] : rows)];

/** One answer for a terminal. */
export function renderHeapAnswer(answer: HeapAnswer, options: TextOptions): string {
  return answer.view === "report"
    ? renderHeapText(answer, options)
    : `${renderView(answer, options).join("\n")}\n`;
}

function renderView(answer: Exclude<HeapAnswer, { view: "report" }>, options: TextOptions): string[] {
  switch (answer.view) {
    case "maps":
      return renderMaps(answer, 0, options);
    case "goroutines":
      return renderGoroutineGroups(answer.goroutineGroups, options);
    case "channels":
      return lines(
        "Channels",
        answer.channels.map((row) => {
          const state = [
            `${count(row.length)} of ${count(row.capacity)} elements of ${bytes(row.elementBytes)}`,
            ...(row.receivers > 0 ? [`${count(row.receivers)} goroutines wait to receive`] : []),
            ...(row.senders > 0 ? [`${count(row.senders)} goroutines wait to send`] : []),
            ...(row.closed ? ["closed"] : []),
          ];
          return `  ${padStart(bytes(row.retainedBytes), 8)}  ${row.owner || hex(row.address)}  ${row.type}: ${state.join(", ")}`;
        }),
      );
    case "strings":
      return [
        `${count(answer.strings)} strings; one copy of each would save ${bytes(answer.stringsWastedBytes)}.`,
        ...lines(
          "Equal strings",
          answer.duplicates.map(
            (row) =>
              `  ${padStart(bytes(row.wastedBytes), 8)}  ${padStart(count(row.copies), 8)} copies  ${row.length} B  ${JSON.stringify(row.text)}`,
          ),
        ),
        ...lines(
          "Slices with room that they do not use",
          answer.slices.map(
            (row) =>
              `  ${padStart(bytes(row.unusedBytes), 8)}  ${padStart(count(row.slices), 8)} slices  ${row.holder} (in use ${bytes(row.usedBytes)})`,
          ),
        ),
        ...lines(
          "Large objects of which only a part is named",
          answer.pinned.map(
            (row) =>
              `  ${padStart(bytes(row.objectBytes), 8)}  at ${hex(row.address)}: ${row.holder} names ${bytes(row.usedBytes)} of it`,
          ),
        ),
      ];
    case "spans":
      return lines("Size classes (slot, slots in use, free, lost behind the last slot)", [
        ...answer.spans.map(
          (row) =>
            `  ${padStart(row.elementBytes === 0 ? "large" : bytes(row.elementBytes), 8)} ${padEnd(row.hasPointers ? "" : "no pointers", 11)} ${padStart(count(row.spans), 7)} spans  ${padStart(count(row.used), 10)} of ${padStart(count(row.slots), 10)}  ${padStart(bytes(row.freeBytes), 8)}  ${padStart(bytes(row.tailBytes), 8)}`,
        ),
      ]);
    case "finalizers":
      return [
        `${count(answer.specials.finalizers)} finalizers, ${count(answer.specials.cleanups)} cleanups, ${count(answer.specials.weakHandles)} weak pointers; ${count(answer.specials.queued)} are due to run.`,
        ...answer.roots.map(
          (step) => `  ${padStart(bytes(step.retainedBytes), 8)}  kept by ${step.name} alone`,
        ),
      ];
    case "path":
      return [
        `${hex(answer.address)}: ${answer.type || "type not known"}, ${bytes(answer.bytes)}, keeps ${bytes(answer.retainedBytes)} alive.`,
        ...(answer.reachable
          ? [
              ...lines("The shortest way from a root", answer.path.map(renderStep)),
              ...lines(
                "Who keeps it alive: without any one of these it would be free",
                answer.dominators.map(renderStep),
              ),
            ]
          : ["Nothing points to it: it is dead and not swept yet."]),
      ];
    case "retained":
      return answer.found.map(renderStep);
    case "query":
      return [
        `${count(answer.objects)} objects with ${bytes(answer.bytes)}.`,
        ...answer.largest.map(renderStep),
      ];
    case "diff":
      return [
        `${bytes(answer.before.bytes)} in ${count(answer.before.objects)} objects became ${bytes(answer.after.bytes)} in ${count(answer.after.objects)}; goroutines ${count(answer.before.goroutines)} → ${count(answer.after.goroutines)}.`,
        ...lines("Owners", answer.owners.map(renderDiffRow)),
        ...lines("Maps (retained bytes, entries)", answer.maps.map(renderDiffRow)),
        ...lines("Types (bytes, objects)", answer.types.map(renderDiffRow)),
      ];
  }
}

function renderStep(step: PathStep): string {
  const what = step.type === "" ? "" : `  ${step.type}`;
  return `  ${padStart(bytes(step.retainedBytes), 8)}  ${step.name}${what}${step.address === 0 ? "" : `  ${hex(step.address)}`}`;
}

function renderDiffRow(row: HeapDiffRow): string {
  const change = row.afterBytes - row.beforeBytes;
  const sign = change < 0 ? "−" : "+";
  const counts =
    row.beforeCount === row.afterCount ? "" : `  (${count(row.beforeCount)} → ${count(row.afterCount)})`;
  return `  ${padStart(`${sign}${bytes(Math.abs(change))}`, 9)}  ${padStart(bytes(row.afterBytes), 8)}  ${row.name || "(type not known)"}${counts}`;
}
