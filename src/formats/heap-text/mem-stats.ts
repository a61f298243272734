import { decodeText, findText } from "../../lib/ascii.ts";
import { toHeapGoal } from "../../tables/heap-goal.ts";
import type { MemStats } from "../../tables/mem-stats.ts";

type Field = keyof MemStats;

/** Lines of the trailer with one number (runtime/pprof/pprof.go, writeHeapInternal). */
const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
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
  ["BuckHashSys", "buckHashSys"],
  ["GCSys", "gcSys"],
  ["OtherSys", "otherSys"],
  ["NextGC", "nextGC"],
  ["LastGC", "lastGC"],
  ["NumGC", "numGC"],
  ["NumForcedGC", "numForcedGC"],
  ["GCCPUFraction", "gcCPUFraction"],
  ["MaxRSS", "maxRSS"],
]);

/** Lines `Name = inuse / sys`. */
const PAIRS: ReadonlyMap<string, readonly [Field, Field]> = new Map<string, readonly [Field, Field]>([
  ["Stack", ["stackInuse", "stackSys"]],
  ["MSpan", ["mspanInuse", "mspanSys"]],
  ["MCache", ["mcacheInuse", "mcacheSys"]],
]);

/** MemStats.PauseNs is a ring of this many pauses. */
const PAUSE_RING = 256;
/** A line of the ring has 256 numbers of up to 20 digits. */
const MAX_LINE_BYTES = 8192;

/** Reads the lines behind "# runtime.MemStats". */
export class MemStatsTrailer {
  readonly memStats: MemStats = {};
  /** The last line that Go prints on every platform was there. */
  isComplete = false;
  #pauseSumNs: number | undefined;

  readLine(bytes: Uint8Array, start: number, end: number): void {
    const equals = findText(bytes, start, Math.min(end, start + 40), " = ");
    if (equals < 0 || end - start > MAX_LINE_BYTES) return;
    const name = decodeText(bytes, start + 2, equals);
    const text = decodeText(bytes, equals + 3, end);
    const field = FIELDS.get(name);
    const pair = PAIRS.get(name);
    if (field !== undefined) this.#set(field, text);
    else if (pair !== undefined) {
      const [inuse, sys] = text.split(" / ");
      this.#set(pair[0], inuse ?? "");
      this.#set(pair[1], sys ?? "");
    } else if (name === "PauseNs") {
      this.#pauseSumNs = sumList(text);
    } else if (name === "DebugGC") {
      this.isComplete = true;
    }
  }

  finish(): MemStats {
    const { memStats } = this;
    // Go prints no PauseTotalNs here; while the ring has not wrapped it holds every pause.
    if (this.#pauseSumNs !== undefined && memStats.numGC !== undefined && memStats.numGC <= PAUSE_RING) {
      memStats.pauseTotalNs = this.#pauseSumNs;
    }
    return memStats;
  }

  #set(field: Field, text: string): void {
    if (!/^[0-9.e+-]{1,32}$/.test(text)) return;
    const value = Number(text);
    if (Number.isNaN(value)) return;
    this.memStats[field] = field === "nextGC" ? toHeapGoal(value) : value;
  }
}

function sumList(text: string): number | undefined {
  if (!text.startsWith("[") || !text.endsWith("]")) return undefined;
  const sum = text
    .slice(1, -1)
    .split(" ")
    .reduce((total, pause) => total + Number(pause), 0);
  return Number.isFinite(sum) ? sum : undefined;
}
