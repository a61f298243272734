import type { HeapAnswer } from "../../heap/answers/answer-view.ts";
import type { DiffAge, HeapDiff, HeapDiffRow } from "../../heap/answers/heap-diff.ts";
import type { HeapHistogram, HistogramRow } from "../../heap/answers/histogram.ts";
import type { PathStep } from "../../heap/answers/object-path.ts";
import { formatQuantity } from "../../lib/format-quantity.ts";
import { padEnd, padStart } from "../../lib/text-columns.ts";
import { wrapText } from "../../lib/wrap-text.ts";
import { HEAP_LABELS, type HeapLabels } from "./labels.ts";
import { type HeapTextOptions, renderGoroutineGroups, renderHeapText, renderMaps } from "./text.ts";

const bytes = (value: number) => formatQuantity(value, "bytes");
const count = (value: number) => formatQuantity(value, "count");
const hex = (address: number) => `0x${address.toString(16)}`;

/** One answer for a terminal. */
export function renderHeapAnswer(answer: HeapAnswer, options: HeapTextOptions): string {
  return answer.view === "report"
    ? renderHeapText(answer, options)
    : `${renderView(answer, options).join("\n")}\n`;
}

function renderView(answer: Exclude<HeapAnswer, { view: "report" }>, options: HeapTextOptions): string[] {
  const words = HEAP_LABELS[options.tag];
  const lines = (head: string, rows: readonly string[]) => [
    head,
    ...(rows.length === 0 ? [`  ${words.none}`] : rows),
  ];
  const step = (each: PathStep) => renderStep(each, words);
  switch (answer.view) {
    case "histogram":
      return renderHistogram(answer, words);
    case "maps":
      return renderMaps(answer, 0, options);
    case "goroutines":
      return renderGoroutineGroups(answer.goroutineGroups, options);
    case "channels":
      return lines(
        words.channel.title,
        answer.channels.map((row) => {
          const { elements, receivers, senders, closed } = words.channel;
          const state = [
            elements(count(row.length), count(row.capacity), bytes(row.elementBytes)),
            ...(row.receivers > 0 ? [receivers(count(row.receivers))] : []),
            ...(row.senders > 0 ? [senders(count(row.senders))] : []),
            ...(row.closed ? [closed] : []),
          ];
          return `  ${padStart(bytes(row.retainedBytes), 8)}  ${words.name(row.owner) || hex(row.address)}  ${row.type}${words.colon}${state.join(words.comma)}`;
        }),
      );
    case "strings": {
      const { strings } = words;
      return [
        strings.summary(count(answer.strings), bytes(answer.stringsWastedBytes)),
        ...lines(
          strings.equal,
          answer.duplicates.map(
            (row) =>
              `  ${padStart(bytes(row.wastedBytes), 8)}  ${padStart(strings.copies(count(row.copies)), 15)}  ${row.length} B  ${JSON.stringify(row.text)}`,
          ),
        ),
        ...lines(
          strings.slices,
          answer.slices.map(
            (row) =>
              `  ${padStart(bytes(row.unusedBytes), 8)}  ${padStart(strings.sliceCount(count(row.slices)), 15)}  ${words.name(row.holder)} (${strings.inUse(bytes(row.usedBytes))})`,
          ),
        ),
        ...lines(
          strings.pinned,
          answer.pinned.map(
            (row) =>
              `  ${padStart(bytes(row.objectBytes), 8)}  ${strings.pinnedRow(hex(row.address), words.name(row.holder), bytes(row.usedBytes))}`,
          ),
        ),
      ];
    }
    case "spans": {
      const { spans } = words;
      return lines(
        spans.title,
        answer.spans.map(
          (row) =>
            `  ${padStart(row.elementBytes === 0 ? spans.large : bytes(row.elementBytes), 8)} ${padEnd(row.hasPointers ? "" : spans.noPointers, 11)} ${padStart(spans.spans(count(row.spans)), 13)}  ${padStart(spans.of(count(row.used), count(row.slots)), 24)}  ${padStart(bytes(row.freeBytes), 8)}  ${padStart(bytes(row.tailBytes), 8)}`,
        ),
      );
    }
    case "finalizers": {
      const { finalizers, cleanups, weakHandles, queued } = answer.specials;
      return [
        words.specials.summary(count(finalizers), count(cleanups), count(weakHandles), count(queued)),
        ...answer.roots.map(
          (root) =>
            `  ${padStart(bytes(root.retainedBytes), 8)}  ${words.specials.kept(words.name(root.name))}`,
        ),
      ];
    }
    case "path":
      return [
        words.path.object(
          hex(answer.address),
          words.name(answer.type) || words.unknownType,
          bytes(answer.bytes),
          bytes(answer.retainedBytes),
        ),
        ...(answer.reachable
          ? [
              ...lines(words.path.way, answer.path.map(step)),
              ...lines(words.path.dominators, answer.dominators.map(step)),
            ]
          : [words.path.dead]),
      ];
    case "retained":
      // Variables of one name are on as many stacks as the function is.
      return answer.found.map((each) =>
        each.local === undefined ? step(each) : `${step(each)}  goroutine ${each.local.goroutine}`,
      );
    case "query":
      return [
        words.query.found(count(answer.objects), bytes(answer.bytes), bytes(answer.retainedBytes)),
        ...lines(words.query.largest, answer.largest.map(step)),
      ];
    case "diff": {
      const { owners, maps, types } = answer;
      const { diff } = words;
      const row = (each: HeapDiffRow) => renderDiffRow(each, words);
      return [
        ...describeDiff(answer, words).flatMap((sentence) => wrapText(sentence, options.width)),
        ...lines(diff.owners, owners.map(row)),
        ...lines(diff.maps, maps.map(row)),
        ...lines(diff.types, types.map(row)),
      ];
    }
  }
}

/** What changed as a whole, and what is known of ages, a sentence each. */
export function describeDiff(
  { before, after, age }: Pick<HeapDiff, "before" | "after" | "age">,
  { diff }: HeapLabels,
): string[] {
  return [
    diff.summary(
      bytes(before.bytes),
      count(before.objects),
      bytes(after.bytes),
      count(after.objects),
      count(before.goroutines),
      count(after.goroutines),
    ),
    ...(age.sameProcess === "no"
      ? [diff.otherProcess]
      : [
          diff.age(bytes(age.bytes), count(age.objects), describeTime(age, diff)),
          diff.reused,
          age.sameProcess === "yes" ? diff.sameProcess : diff.maybeSameProcess,
        ]),
  ];
}

function describeTime({ seconds, basis }: DiffAge, { timeOfFiles }: HeapLabels["diff"]): string {
  if (seconds === null) return "";
  const time = formatQuantity(seconds, "seconds");
  return basis === "files" ? `${time} ${timeOfFiles}` : time;
}

function renderHistogram(
  { goVersion, by, objects: all, bytes: allBytes, rowCount, rows }: HeapHistogram,
  words: HeapLabels,
): string[] {
  const { histogram } = words;
  const line = (first: string, second: string, name: string) =>
    `${padStart(first, 10)}  ${padStart(second, 12)}  ${name}`;
  const rest = rowCount - rows.length;
  const sum = (of: (row: HistogramRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  return [
    histogram.summary(bytes(allBytes), count(all), goVersion),
    "",
    line(histogram.bytes, histogram.objects, histogram.by[by]),
    ...rows.map((row) =>
      line(bytes(row.bytes), count(row.objects), words.name(row.name) || words.unknownType),
    ),
    ...(rest === 0
      ? []
      : [
          line(
            bytes(allBytes - sum((row) => row.bytes)),
            count(all - sum((row) => row.objects)),
            histogram.rest(count(rest)),
          ),
        ]),
  ];
}

function renderStep(step: PathStep, words: HeapLabels): string {
  const what = step.type === "" ? "" : `  ${words.name(step.type)}`;
  return `  ${padStart(bytes(step.retainedBytes), 8)}  ${words.name(step.name)}${what}${step.address === 0 ? "" : `  ${hex(step.address)}`}`;
}

function renderDiffRow(row: HeapDiffRow, words: HeapLabels): string {
  const change = row.afterBytes - row.beforeBytes;
  const sign = change < 0 ? "−" : "+";
  const notes = [
    ...(row.beforeCount === row.afterCount ? [] : [`${count(row.beforeCount)} → ${count(row.afterCount)}`]),
    ...(row.olderBytes === null || row.afterBytes === 0 ? [] : [words.diff.older(bytes(row.olderBytes))]),
  ];
  const note = notes.length === 0 ? "" : `  (${notes.join(words.comma)})`;
  return `  ${padStart(`${sign}${bytes(Math.abs(change))}`, 9)}  ${padStart(bytes(row.afterBytes), 8)}  ${words.name(row.name) || words.unknownType}${note}`;
}
