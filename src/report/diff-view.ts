import { type PackageGrowth, STANDARD_LIBRARY } from "../analysis/package-growth.ts";
import type { Diff, GroupDiff, SiteDiff } from "../inspect/diff.ts";
import { formatQuantity } from "../lib/format-quantity.ts";
import type { Quantity } from "../lib/quantity.ts";
import { viewFlame } from "./build-report-view.ts";
import { shortPosition } from "./code-position.ts";
import { DIFF_LABELS, type DiffLabels } from "./messages/diff-labels.ts";
import type { Language } from "./messages/language.ts";
import { makeAllPrintable } from "./printable-text.ts";
import type { FlameView } from "./report-view.ts";

/** A diff in words, for all renderers alike. Plain text; renderers escape. */
export interface DiffView {
  language: Language;
  labels: DiffLabels;
  gopatrolVersion: string;
  /** "before.pb.gz → after.pb.gz" */
  title: string;
  /** The first sentence says the most. */
  summary: string[];
  grew: boolean;
  inputs: string[][];
  sites: DiffRow[];
  shrunk: DiffRow[];
  packages: DiffRow[];
  modules: DiffRow[];
  groups: DiffRow[];
  flame?: FlameView;
  missing: string[];
}

/** A thing that changed: what it is, by how much, and remarks. `cells` are for tables, as the headings of its section. */
export interface DiffRow {
  change: string;
  name: string;
  position: string;
  notes: string[];
  cells: string[];
  series: number[];
}

/** What a headline calls no change: 1 % of what was there, and less than anybody would look for. */
const SAME_SHARE = 0.01;
const SAME_BYTES = 64 * 1024;
/** Captures of one program have most of their functions in common. */
const FEW_IN_COMMON = 0.6;

export function buildDiffView(
  diff: Diff,
  { gopatrolVersion, language }: { gopatrolVersion: string; language: Language },
): DiffView {
  const words = new DiffWords(language);
  const { heap, goroutines } = diff;
  // What can be told of languages is shared code, and not text from outside.
  const {
    language: _,
    labels: __,
    ...texts
  } = {
    language,
    labels: words.labels,
    ...makeAllPrintable({
      gopatrolVersion,
      title:
        diff.inputs.length === 1
          ? diff.inputs[0]!.name
          : `${diff.inputs[0]!.name} → ${diff.inputs.at(-1)!.name}`,
      summary: words.summarize(diff),
      grew: (heap?.growthBytes ?? goroutines?.growth ?? 0) > 0,
      inputs: diff.inputs.map((input) => [
        input.name,
        new Date(input.wallMs).toISOString().replace(/\.\d+Z$/, "Z"),
        input.inuseBytes === null ? "" : words.amount(input.inuseBytes, "bytes"),
        input.goroutines === null ? "" : words.amount(input.goroutines, "count"),
      ]),
      sites: (heap?.sites ?? []).filter((s) => s.growthBytes > 0).map((s) => words.viewSite(s)),
      shrunk: (heap?.sites ?? [])
        .filter((s) => s.growthBytes < 0)
        .reverse()
        .map((s) => words.viewSite(s)),
      packages: (heap?.packages ?? []).filter(hasMoved).map((p) => words.viewPackage(p)),
      modules: (heap?.modules ?? []).filter(hasMoved).map((p) => words.viewPackage(p)),
      groups: (goroutines?.groups ?? []).filter((g) => Math.abs(g.growth) > 1).map((g) => words.viewGroup(g)),
      ...viewFlame(diff.flame, language.labels.flame.all),
      missing: diff.damage.map(({ path, what }) => `${path}: ${language.foreign(what)}`),
    }),
  };
  return { language, labels: words.labels, ...texts };
}

function hasMoved({ afterBytes, beforeBytes, cumulativeGrowthBytes }: PackageGrowth): boolean {
  return Math.max(Math.abs(afterBytes - beforeBytes), Math.abs(cumulativeGrowthBytes)) >= SAME_BYTES;
}

class DiffWords {
  readonly labels: DiffLabels;
  readonly #language: Language;

  constructor(language: Language) {
    this.#language = language;
    this.labels = DIFF_LABELS[language.tag];
  }

  amount(value: number, unit: Quantity["unit"], signed = false): string {
    return formatQuantity(value, unit, { words: this.#language.labels.quantity, signed });
  }

  summarize(diff: Diff): string[] {
    const { labels } = this;
    const { heap, goroutines, load } = diff;
    const spanSeconds = diff.seconds === null ? 0 : (diff.seconds.at(-1) ?? 0);
    const span = spanSeconds > 0 ? this.amount(Math.round(spanSeconds), "seconds") : "";
    const sentences: string[] = [];
    if (heap !== null) {
      const [before, after] = [this.amount(heap.beforeBytes, "bytes"), this.amount(heap.afterBytes, "bytes")];
      const growth = this.amount(Math.abs(heap.growthBytes), "bytes");
      const isSame = Math.abs(heap.growthBytes) < Math.max(SAME_BYTES, SAME_SHARE * heap.beforeBytes);
      if (isSame) sentences.push(labels.heapSame({ before, after, span }));
      else if (heap.growthBytes < 0) sentences.push(labels.heapShrank({ before, after, growth, span }));
      else {
        sentences.push(labels.heapGrew({ before, after, growth, span, course: labels.course[heap.course] }));
      }
      if (heap.allocatedBytes !== null) {
        const survivors =
          heap.survivors === null || heap.survivors === 0 ? "" : this.amount(heap.survivors, "fraction");
        sentences.push(labels.allocated({ bytes: this.amount(heap.allocatedBytes, "bytes"), survivors }));
      }
    }
    if (goroutines !== null) {
      sentences.push(
        labels.goroutinesMoved({
          before: this.amount(goroutines.before, "count"),
          after: this.amount(goroutines.after, "count"),
          growth: this.amount(goroutines.growth, "count", true),
          course: goroutines.growth === 0 ? "" : labels.course[goroutines.course],
        }),
      );
    }
    if (load === null) sentences.push(labels.noCounter);
    else {
      if (heap !== null && (heap.growthPerUnit ?? heap.allocatedPerUnit) !== null) {
        sentences.push(
          labels.perUnit({
            counter: load.name,
            count: this.amount(load.growth, "count"),
            kept: heap.growthPerUnit === null ? "" : this.amount(heap.growthPerUnit, "bytes"),
            allocated: heap.allocatedPerUnit === null ? "" : this.amount(heap.allocatedPerUnit, "bytes"),
          }),
        );
      }
      if (load.chosenBy === "name") sentences.push(labels.counterChosen({ counter: load.name }));
    }
    if (heap !== null && heap.newCount + heap.goneCount > 0) {
      sentences.push(
        labels.changes(this.amount(heap.newCount, "count"), this.amount(heap.goneCount, "count")),
      );
    }
    if (!diff.isSameProcess) sentences.push(labels.otherProcess);
    if (diff.commonFunctions < FEW_IN_COMMON) {
      sentences.push(labels.fewInCommon(this.amount(diff.commonFunctions, "fraction")));
    }
    if (diff.seconds === null) sentences.push(labels.unordered);
    return sentences;
  }

  viewSite(site: SiteDiff): DiffRow {
    const { labels } = this;
    const bytes = (value: number | null) => (value === null ? "" : this.amount(value, "bytes"));
    const survivors =
      site.survivors === null || site.growthBytes <= 0 ? "" : this.amount(site.survivors, "fraction");
    const each = site.growthPerUnit === null ? "" : this.amount(site.growthPerUnit, "bytes", true);
    const change = this.amount(site.growthBytes, "bytes", true);
    const [before, after] = [bytes(site.beforeBytes), bytes(site.afterBytes)];
    const course = this.#statusOf(site);
    // One line may be two sites: what it allocates for a container, and what it puts in.
    const operation = site.operation === null ? "" : this.#language.labels.word.operation[site.operation];
    return {
      change,
      name: site.site.function,
      position: shortPosition(site.site),
      notes: [
        course,
        operation,
        labels.fromTo(before, after),
        site.errorBytes > 0 ? labels.error(bytes(site.errorBytes)) : "",
        site.allocatedBytes === null ? "" : labels.allocatedNote(bytes(site.allocatedBytes)),
        survivors === "" ? "" : labels.survive(survivors),
        each === "" ? "" : labels.each(each),
      ].filter(Boolean),
      cells: [
        change,
        before,
        after,
        bytes(site.allocatedBytes),
        site.allocatedPerGrowth === null ? "" : formatRatio(site.allocatedPerGrowth),
        survivors,
        each,
        course,
      ],
      series: site.series,
    };
  }

  viewPackage(part: PackageGrowth): DiffRow {
    const bytes = (value: number, signed = false) => this.amount(value, "bytes", signed);
    const change = bytes(part.afterBytes - part.beforeBytes, true);
    const cells = [
      change,
      bytes(part.cumulativeGrowthBytes, true),
      bytes(part.beforeBytes),
      bytes(part.afterBytes),
      bytes(part.allocatedBytes),
    ];
    const { standardLibrary } = this.#language.labels.flame.origin;
    const name = part.name === STANDARD_LIBRARY ? standardLibrary : part.name;
    return { change, name, position: "", notes: [], cells, series: [] };
  }

  viewGroup(group: GroupDiff): DiffRow {
    const count = (value: number) => this.amount(value, "count");
    const change = this.amount(group.growth, "count", true);
    const state = this.#language.labels.word.blockState[group.state];
    const course = this.#statusOf(group);
    return {
      change,
      name: group.site.function,
      position: shortPosition(group.site),
      notes: [course, state, this.labels.fromTo(count(group.before), count(group.after))].filter(Boolean),
      cells: [change, count(group.before), count(group.after), state, course],
      series: group.series,
    };
  }

  #statusOf({ change, course }: Pick<SiteDiff, "change" | "course">): string {
    // What is gone has fallen.
    const moved = change === "gone" ? "" : this.labels.rowCourse[course];
    const parts = [change === null ? "" : this.labels.change[change], moved];
    return parts.filter(Boolean).join(this.#language.labels.word.comma);
  }
}

/** "1.2", "450": how many times the growth was allocated. */
function formatRatio(ratio: number): string {
  return ratio >= 100 ? Math.round(ratio).toLocaleString("en") : ratio.toPrecision(2);
}
