import { decodeText } from "../../lib/ascii.ts";

export interface HeapTextHeader {
  /** Mean number of allocated bytes between two samples, to un-sample values with; undefined where they are whole. */
  rate: number | undefined;
  period: number;
  /** False for the two-column form: the header's totals of in-use and allocated are the same. */
  hasAlloc: boolean;
}

/** A header with its numbers and some blanks is far shorter. */
const MAX_HEADER_BYTES = 512;
const HEADER = /^heap profile: *(\d+): *(\d+) *\[ *(\d+): *(\d+) *\] *@ *(heap[_a-z0-9]*)\/?(\d{0,18})/;
/** Growth of the heap and its fragmentation, which C++ servers write in the same form. */
const GROWTH_HEADER = /^heap profile: *\d+: *\d+ *\[ *\d+: *\d+ *\] @ (?:growth|fragmentation)/;

/** Reads the first line by google/pprof's rules (profile/legacy_profile.go, parseHeapHeader). */
export function findHeapTextHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
): HeapTextHeader | undefined {
  const line = decodeText(bytes, start, Math.min(end, start + MAX_HEADER_BYTES));
  const match = HEADER.exec(line);
  if (match === null)
    return GROWTH_HEADER.test(line) ? { rate: undefined, period: 1, hasAlloc: false } : undefined;
  const [, inuseObjects, inuseBytes, allocObjects, allocBytes, sampling, rateText] = match;
  const hasAlloc =
    (allocObjects !== inuseObjects && allocObjects !== "0") ||
    (allocBytes !== inuseBytes && allocBytes !== "0");
  const written = Number(rateText);
  switch (sampling) {
    case "heap": {
      // Go writes twice its MemProfileRate, as the first C++ heap profiler did.
      const rate = Math.trunc(written / 2);
      return { rate, period: rate, hasAlloc };
    }
    case "heap_v2":
    case "heapz_v2":
      return { rate: written, period: written, hasAlloc };
    case "heapprofile":
      return { rate: undefined, period: 1, hasAlloc };
    default:
      return undefined;
  }
}
