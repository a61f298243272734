import type { GoroutineSource } from "../analysis/stack-counts.ts";
import { type Damage, DecodeError } from "../bytes/decode-error.ts";
import { decodeCountText } from "../formats/count-text/decode.ts";
import { GoroutineDumpStream } from "../formats/goroutine-dump/decode.ts";
import { decodeProfile } from "../formats/pprof/decode.ts";
import { sniffFormat } from "../formats/sniff.ts";
import { findSampleType } from "../tables/profile.ts";
import type { GoroutineLook } from "./goroutine-report.ts";

/** Profiles are small; what is larger than this is none. */
const MAX_PROFILE_BYTES = 256 * 1024 * 1024;

/** An input in pieces, inflated. `head` are its first bytes, which `pieces` gives again. */
export interface GoroutineInput {
  name: string;
  head: Uint8Array;
  pieces: AsyncIterable<Uint8Array>;
  /** Called with the bytes read so far. */
  onProgress?: ((bytes: number) => void) | undefined;
}

/**
 * Looks at goroutines in one input: a dump or profile is one, a log with several dumps has several. A log may be of any
 * size: it is read in pieces and kept nowhere.
 *
 * @throws DecodeError if there are no goroutines in it.
 */
export async function readGoroutineLooks(
  input: GoroutineInput,
): Promise<{ looks: GoroutineLook[]; damage: Damage[] }> {
  const { name } = input;
  const { format, looksLike } = sniffFormat(input.head);
  if (format === "pprof" || format === "count-text") {
    const { source, damage } = decodeGoroutineProfile(await joinPieces(input), format);
    return { looks: [{ name, ...source }], damage };
  }
  // Anything else may be a log with a dump far into it.
  const stream = new GoroutineDumpStream();
  let read = 0;
  for await (const piece of input.pieces) {
    stream.push(piece);
    read += piece.length;
    input.onProgress?.(read);
  }
  try {
    const { dumps, damage } = stream.finish();
    // Lone goroutines are stacks of panics.
    const whole = dumps.filter(({ table }) => table.length > 1);
    const kept = whole.length > 0 ? whole : dumps;
    const nameOf = (n: number) => (kept.length === 1 ? name : `${name} (dump ${n + 1})`);
    return { looks: kept.map(({ table }, n) => ({ name: nameOf(n), dump: table })), damage };
  } catch (error) {
    if (!(error instanceof DecodeError) || looksLike === undefined) throw error;
    const { offset, hint } = error;
    throw new DecodeError(`this is ${looksLike}`, { format: "goroutine-dump", offset, hint });
  }
}

function decodeGoroutineProfile(
  bytes: Uint8Array,
  format: "pprof" | "count-text",
): { source: GoroutineSource; damage: Damage[] } {
  const { profile, damage } = format === "pprof" ? decodeProfile(bytes) : decodeCountText(bytes);
  if (findSampleType(profile, "goroutineleak") !== undefined) return { source: { leaks: profile }, damage };
  if (findSampleType(profile, "goroutine") !== undefined) return { source: { profile }, damage };
  throw new DecodeError("a profile, but not of goroutines", {
    format,
    offset: 0,
    hint: "Fetch /debug/pprof/goroutine, with ?debug=2 for more.",
  });
}

async function joinPieces({ pieces }: GoroutineInput): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const piece of pieces) {
    parts.push(piece);
    total += piece.length;
    if (total <= MAX_PROFILE_BYTES) continue;
    throw new DecodeError(`larger than ${MAX_PROFILE_BYTES} bytes`, {
      format: "pprof",
      offset: total,
      hint: "No profile of goroutines is that large: check what this file is.",
    });
  }
  const joined = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
