import { decodeText, findText, parseDigits, SPACE } from "../../lib/ascii.ts";

const TITLE = " profile: total ";
/** Names of profiles are written by hand; the longest line that is taken for a header. */
const MAX_HEADER_BYTES = 1024;

export interface CountTextHeader {
  name: string;
  /** Sum of all counts. */
  total: number;
}

/** Reads `<name> profile: total N` (runtime/pprof/pprof.go, printCountProfile). Go lets names have blanks. */
export function findCountTextHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
): CountTextHeader | undefined {
  if (end - start > MAX_HEADER_BYTES || bytes[start] === SPACE) return undefined;
  const nameEnd = findText(bytes, start, end, TITLE);
  if (nameEnd <= start) return undefined;
  const total = parseDigits(bytes, nameEnd + TITLE.length, end);
  return Number.isNaN(total) ? undefined : { name: decodeText(bytes, start, nameEnd), total };
}
