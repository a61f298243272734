import type { HeapSnapshot } from "../heap-snapshot.ts";
import type { HeapChannel } from "./channels.ts";
import type { HeapGoroutineGroup } from "./goroutine-groups.ts";
import type { HeapDiff } from "./heap-diff.ts";
import type { HeapReport } from "./heap-report.ts";
import type { HeapHistogram } from "./histogram.ts";
import type { ObjectPath, PathStep } from "./object-path.ts";
import type { QueryAnswer } from "./query/query-objects.ts";
import type { ValueWaste } from "./value-waste.ts";

/** An answer of each view, as JSON gives it. */
export type HeapAnswer =
  | ({ view: "report" } & HeapReport)
  | ({ view: "histogram" } & HeapHistogram)
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
  what?: string;
  /** Of histogram. */
  by?: HeapHistogram["by"] | undefined;
  top: number;
  showValues?: boolean;
}

/**
 * Answers one question about a heap. Only what this one needs is loaded: a small heap is read in less time than all of
 * them together would take to load.
 *
 * @throws RangeError with a sentence for the user if the question is not understood, or nothing is there
 */
export async function answerView(
  heap: HeapSnapshot,
  { view, what = "", by = "type", top, showValues = false }: ViewQuestion,
): Promise<HeapAnswer> {
  switch (view) {
    case "report": {
      const { buildHeapReport } = await import("./heap-report.ts");
      return { view, ...buildHeapReport(heap, { top }) };
    }
    case "histogram": {
      if (by === "owner") {
        const { buildOwnerHistogram } = await import("./owner-histogram.ts");
        return { view, ...buildOwnerHistogram(heap, top) };
      }
      const { buildHistogram } = await import("./histogram.ts");
      return { view, ...buildHistogram(heap, { by, top }) };
    }
    case "maps": {
      const { buildHeapReport } = await import("./heap-report.ts");
      const { maps, syncMaps } = buildHeapReport(heap, { top });
      return { view, maps, syncMaps };
    }
    case "goroutines": {
      const { groupGoroutines } = await import("./goroutine-groups.ts");
      return { view, goroutineGroups: groupGoroutines(heap).slice(0, top) };
    }
    case "channels": {
      const { listChannels } = await import("./channels.ts");
      const { computeShortestPaths } = await import("../graph/shortest-paths.ts");
      return { view, channels: listChannels(heap, computeShortestPaths(heap.graph), top) };
    }
    case "strings": {
      const { findValueWaste } = await import("./value-waste.ts");
      return { view, ...findValueWaste(heap, top, showValues) };
    }
    case "spans": {
      const { buildHeapReport } = await import("./heap-report.ts");
      return { view, spans: buildHeapReport(heap, { top }).spans };
    }
    case "finalizers": {
      const { findRuntimeRoots } = await import("./object-path.ts");
      return { view, specials: heap.roots.counts, roots: findRuntimeRoots(heap) };
    }
    case "path": {
      const { findObjectPath } = await import("./object-path.ts");
      const address = /^(0x)?[0-9a-f]{1,16}$/i.test(what)
        ? Number.parseInt(what.replace(/^0x/i, ""), 16)
        : Number.NaN;
      if (Number.isNaN(address)) throw new RangeError(`"${what}" is not an address such as 0xc000123400`);
      const found = findObjectPath(heap, address);
      if (found === undefined) throw new RangeError(`there is no object of the heap at ${what}`);
      return { view, ...found };
    }
    case "retained": {
      const { findRetained } = await import("./object-path.ts");
      const found = findRetained(heap, what);
      if (found.length === 0)
        throw new RangeError(
          `nothing is called ${JSON.stringify(what)}; give a variable as the report names it, such as main.cache`,
        );
      return { view, found };
    }
    case "query": {
      const { queryObjects } = await import("./query/query-objects.ts");
      return { view, ...queryObjects(heap, what, top) };
    }
  }
}
