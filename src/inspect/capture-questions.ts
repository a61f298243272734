import { DecodeError } from "../bytes/decode-error.ts";
import { inflateGzip, sniffGzip } from "../bytes/gunzip.ts";
import { decodeHeapText } from "../formats/heap-text/decode.ts";
import { findUnsymbolizedAddresses } from "../formats/heap-text/unsymbolized.ts";
import { decodeProfile } from "../formats/pprof/decode.ts";
import { sniffFormat } from "../formats/sniff.ts";

/** What capturing must know of the content while it captures; it cannot decode by itself. */

/** Addresses of a heap?debug=1 text that have no name: the runtime's frames above the program's. */
export function findAddressesToSymbolize(heapText: Uint8Array): bigint[] {
  return attempt(() => Array.from(findUnsymbolizedAddresses(decodeHeapText(heapText).profile))) ?? [];
}

/** How many goroutines a goroutine profile counts. */
export function decodeCountedGoroutines(bytes: Uint8Array): number | undefined {
  return attempt(() => {
    const { profile } = decodeProfile(sniffGzip(bytes) ? inflateGzip(bytes).bytes : bytes);
    return profile.samples.columns[0]?.value.reduce((sum, count) => sum + count, 0);
  });
}

/** When a profile was taken, by its own time stamp: milliseconds since 1970. */
export function decodeOwnTimeMs(bytes: Uint8Array): number | undefined {
  return attempt(() => {
    if (sniffFormat(bytes).format !== "pprof") return undefined;
    const { timeNanos } = decodeProfile(bytes).profile;
    return timeNanos === 0n ? undefined : Number(timeNanos / 1000n) / 1000;
  });
}

/** Bytes that cannot be read answer no question; the analysis will say what is wrong with them. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
