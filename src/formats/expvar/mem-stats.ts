import { decodeText } from "../../lib/ascii.ts";
import { toHeapGoal } from "../../tables/heap-goal.ts";
import type { MemStats } from "../../tables/mem-stats.ts";
import { JsonMembers } from "./json-members.ts";

/** Members of `memstats` are the fields of runtime.MemStats. */
const FIELDS: ReadonlyMap<string, keyof MemStats> = new Map<string, keyof MemStats>([
  ["Alloc", "alloc"],
  ["TotalAlloc", "totalAlloc"],
  ["Sys", "sys"],
  ["Mallocs", "mallocs"],
  ["Frees", "frees"],
  ["HeapAlloc", "heapAlloc"],
  ["HeapSys", "heapSys"],
  ["HeapIdle", "heapIdle"],
  ["HeapInuse", "heapInuse"],
  ["HeapReleased", "heapReleased"],
  ["HeapObjects", "heapObjects"],
  ["StackInuse", "stackInuse"],
  ["StackSys", "stackSys"],
  ["MSpanInuse", "mspanInuse"],
  ["MSpanSys", "mspanSys"],
  ["MCacheInuse", "mcacheInuse"],
  ["MCacheSys", "mcacheSys"],
  ["BuckHashSys", "buckHashSys"],
  ["GCSys", "gcSys"],
  ["OtherSys", "otherSys"],
  ["NextGC", "nextGC"],
  ["LastGC", "lastGC"],
  ["PauseTotalNs", "pauseTotalNs"],
  ["NumGC", "numGC"],
  ["NumForcedGC", "numForcedGC"],
  ["GCCPUFraction", "gcCPUFraction"],
]);

const MAX_NUMBER_BYTES = 32;
const MAX_FIELD_BYTES = 64;

/** Reads the numbers that are whole; an object that is cut off gives what came before. */
export function decodeMemStats(bytes: Uint8Array, start: number, end: number): MemStats {
  const memStats: MemStats = {};
  const members = new JsonMembers(bytes, start, end);
  while (members.next()) {
    const { keyStart, keyEnd, valueStart, valueEnd } = members;
    // A number that the end of the input cuts off could be longer.
    if (members.isValueCut) break;
    if (valueEnd - valueStart > MAX_NUMBER_BYTES || keyEnd - keyStart > MAX_FIELD_BYTES) continue;
    const field = FIELDS.get(decodeText(bytes, keyStart, keyEnd));
    const text = decodeText(bytes, valueStart, valueEnd);
    if (field === undefined || !/^-?[0-9][0-9.eE+-]*$/.test(text) || Number.isNaN(Number(text))) continue;
    const value = Number(text);
    memStats[field] = field === "nextGC" ? toHeapGoal(value) : value;
  }
  return memStats;
}
