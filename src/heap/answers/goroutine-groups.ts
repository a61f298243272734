import { UNREACHED } from "../dominators/dominator-tree.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import type { CodePlace } from "../runtime/function-table.ts";

/** Goroutines that stand at the same place. */
export interface HeapGoroutineGroup {
  count: number;
  status: string;
  waitReason: string;
  /** Innermost first, inlined calls expanded. */
  stack: CodePlace[];
  createdBy: CodePlace | null;
  /** Of the goroutines' stacks. */
  stackBytes: number;
  /** Heap that would be free without them, each by itself. */
  retainedBytes: number;
  ids: number[];
}

const MAX_STACK = 100;
const MAX_IDS = 5;

export function groupGoroutines(heap: HeapSnapshot): HeapGoroutineGroup[] {
  const groups = new Map<string, HeapGoroutineGroup>();
  const { table, stacks } = heap.roots;
  const retainedOf = new Map<number, number>();
  for (const [group, { goroutine }] of table.groups.entries()) {
    if (goroutine >= 0 && heap.dominators.dominator[1 + group] !== UNREACHED)
      retainedOf.set(goroutine, heap.retained[1 + group]!);
  }
  for (const [i, goroutine] of heap.goroutines.entries()) {
    const pcs = (stacks[i]?.frames ?? []).slice(0, MAX_STACK).map((frame) => frame.pc);
    const key = `${goroutine.status} ${goroutine.waitReason} ${goroutine.createdByPc} ${pcs.join()}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = {
        count: 0,
        status: goroutine.status,
        waitReason: goroutine.waitReason,
        // A return address belongs to the line after the call, so one less; the innermost stands where it stands.
        stack: pcs.flatMap((pc, depth) => heap.functions.placesAt(depth === 0 ? pc : pc - 1)),
        createdBy:
          goroutine.createdByPc > 0 ? (heap.functions.placesAt(goroutine.createdByPc - 1)[0] ?? null) : null,
        stackBytes: 0,
        retainedBytes: 0,
        ids: [],
      };
      groups.set(key, group);
    }
    group.count++;
    group.stackBytes += goroutine.stackHigh - goroutine.stackLow;
    group.retainedBytes += retainedOf.get(i) ?? 0;
    if (group.ids.length < MAX_IDS) group.ids.push(goroutine.id);
  }
  return [...groups.values()].sort((a, b) => b.count - a.count || b.retainedBytes - a.retainedBytes);
}
