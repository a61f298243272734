import { computeShortestPaths } from "../graph/shortest-paths.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { type HeapChannel, listChannels } from "./channels.ts";
import { groupGoroutines, type HeapGoroutineGroup } from "./goroutine-groups.ts";
import type { HeapDiff } from "./heap-diff.ts";
import { RUNTIME_ROOTS } from "./heap-page.ts";
import { buildHeapReport, type HeapReport } from "./heap-report.ts";
import { findObjectPath, findRetained, type ObjectPath, type PathStep } from "./object-path.ts";
import { type QueryAnswer, queryObjects } from "./query/query-objects.ts";
import { findValueWaste, type ValueWaste } from "./value-waste.ts";

/** An answer of each view, as JSON gives it. */
export type HeapAnswer =
  | ({ view: "report" } & HeapReport)
  | { view: "maps"; maps: HeapReport["maps"]; syncMaps: HeapReport["syncMaps"] }
  | { view: "goroutines"; goroutineGroups: HeapGoroutineGroup[] }
  | { view: "channels"; channels: HeapChannel[] }
  | ({ view: "strings" } & ValueWaste)
  | { view: "spans"; spans: HeapReport["spans"] }
  | { view: "finalizers"; specials: HeapReport["specials"]; roots: PathStep[] }
  | ({ view: "path" } & ObjectPath)
  | { view: "retained"; found: PathStep[] }
  | ({ view: "query" } & QueryAnswer)
  | ({ view: "diff" } & HeapDiff);

export interface ViewQuestion {
  view: Exclude<HeapAnswer["view"], "diff">;
  /** Address, expression or filter. */
  what: string;
  top: number;
  showValues: boolean;
}

/**
 * Answers one question about a heap.
 *
 * @throws RangeError with a sentence for the user if the question is not understood, or nothing is there
 */
export function answerView(heap: HeapSnapshot, { view, what, top, showValues }: ViewQuestion): HeapAnswer {
  switch (view) {
    case "report":
      return { view, ...buildHeapReport(heap, { top }) };
    case "maps": {
      const { maps, syncMaps } = buildHeapReport(heap, { top });
      return { view, maps, syncMaps };
    }
    case "goroutines":
      return { view, goroutineGroups: groupGoroutines(heap).slice(0, top) };
    case "channels":
      return { view, channels: listChannels(heap, computeShortestPaths(heap.graph), top) };
    case "strings":
      return { view, ...findValueWaste(heap, top, showValues) };
    case "spans":
      return { view, spans: buildHeapReport(heap, { top }).spans };
    case "finalizers":
      return {
        view,
        specials: heap.roots.counts,
        roots: RUNTIME_ROOTS.flatMap((name) => findRetained(heap, name)),
      };
    case "path": {
      const address = /^(0x)?[0-9a-f]{1,16}$/i.test(what)
        ? Number.parseInt(what.replace(/^0x/i, ""), 16)
        : Number.NaN;
      if (Number.isNaN(address)) throw new RangeError(`"${what}" is not an address such as 0xc000123400`);
      const found = findObjectPath(heap, address);
      if (found === undefined) throw new RangeError(`there is no object of the heap at ${what}`);
      return { view, ...found };
    }
    case "retained": {
      const found = findRetained(heap, what);
      if (found.length === 0)
        throw new RangeError(
          `nothing is called ${JSON.stringify(what)}; give a variable as the report names it, such as main.cache`,
        );
      return { view, found };
    }
    case "query":
      return { view, ...queryObjects(heap, what, top) };
  }
}
