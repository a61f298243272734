import type { CensusGroup } from "../../analysis/goroutine-census.ts";
import type { GoroutineReport } from "../../inspect/goroutine-report.ts";
import { formatQuantity } from "../../lib/format-quantity.ts";
import { fullPosition, shortPosition } from "../code-position.ts";
import type { Language } from "../messages/language.ts";
import { renderStatement } from "../messages/wording.ts";
import { makeAllPrintable } from "../printable-text.ts";
import { GOROUTINE_REPORT_LABELS, type GoroutineReportLabels } from "./labels.ts";

/** The goroutine report in words, for text and Markdown alike. Plain text; renderers escape. */
export interface GoroutineReportView {
  title: string;
  total: string;
  looks: { name: string; kind: string; goroutines: string }[];
  states: { state: string; count: string; share: string }[];
  candidates: { count: string; state: string; function: string; position: string; criteria: string[] }[];
  groups: {
    count: string;
    state: string;
    function: string;
    position: string;
    /** What else is to be said: wait, who stays, marks. */
    notes: string[];
    labels: string[];
    stack: { function: string; position: string }[];
    createdBy: string;
  }[];
  rest: string;
  damage: string[];
}

const LABELS_SHOWN = 3;

export function buildGoroutineView(
  report: GoroutineReport,
  { language, gopatrolVersion }: { language: Language; gopatrolVersion: string },
): { view: GoroutineReportView; labels: GoroutineReportLabels } {
  const labels = GOROUTINE_REPORT_LABELS[language.tag];
  const words = { words: language.labels.quantity };
  const count = (value: number) => formatQuantity(value, "count", words);
  const last = report.looks.at(-1)?.goroutines ?? 0;
  const share = (value: number) => formatQuantity(last === 0 ? 0 : value / last, "fraction", words);
  const { rest, groups } = report;
  const view = makeAllPrintable<GoroutineReportView>({
    title: `gopatrol ${gopatrolVersion} · ${report.looks.map(({ name }) => name).join(labels.comma)}`,
    total: labels.total(count(last), count(groups.length + rest.groups)),
    looks: report.looks.map(({ name, kind, goroutines }) => ({
      name,
      kind: labels.kind[kind],
      goroutines: count(goroutines),
    })),
    states: report.states.map((s) => ({ state: s.reason, count: count(s.count), share: share(s.count) })),
    candidates: report.candidates.map((candidate) => ({
      count: count(candidate.count),
      state: language.labels.word.blockState[candidate.state],
      function: candidate.site.function,
      position: fullPosition(candidate.site),
      criteria: candidate.criteria.map((s) => renderStatement(language.wording, s)),
    })),
    groups: groups.map((group) => ({
      count: group.counts.map(count).join(" → "),
      state: group.reason,
      function: group.site.function,
      position: fullPosition(group.site),
      notes: listNotes(group),
      labels: group.labels.slice(0, LABELS_SHOWN).map(({ text, count: n }) => `{${text}} (${count(n)})`),
      stack: group.stack.map((frame) => ({ function: frame.function, position: shortPosition(frame) })),
      createdBy:
        group.createdBy === undefined ? "" : `${group.createdBy.function} ${fullPosition(group.createdBy)}`,
    })),
    rest: rest.groups === 0 ? "" : labels.rest(count(rest.groups), count(rest.goroutines)),
    damage: report.damage.map(
      ({ path, what }) => `${path}${language.labels.word.colon}${language.foreign(what)}`,
    ),
  });
  return { view, labels };

  function listNotes(group: CensusGroup): string[] {
    const notes: string[] = [];
    const { wait } = group;
    if (wait !== undefined && wait.max > 0) {
      const say = (value: number) => formatQuantity(value, "minutes", words);
      notes.push(labels.wait(say(wait.min), say(wait.median), say(wait.max)));
    }
    if (!Number.isNaN(group.survival)) {
      notes.push(labels.stay(formatQuantity(group.survival, "fraction", words), report.looks.length));
    }
    if (group.leaked > 0) notes.push(labels.leaked(count(group.leaked)));
    if (group.lockedToThread > 0) notes.push(labels.locked(count(group.lockedToThread)));
    if (group.elided > 0) notes.push(labels.elided(count(group.elided)));
    return notes;
  }
}
