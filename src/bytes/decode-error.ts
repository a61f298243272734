/** The formats whose bytes we read but did not write. */
export type FormatName =
  | "pprof"
  | "heap-text"
  | "count-text"
  | "contention-text"
  | "goroutine-dump"
  | "symbol-text"
  | "expvar"
  | "prometheus"
  | "godebug-log"
  | "proc-maps"
  | "proc-status"
  | "proc-stat"
  | "proc-limits"
  | "proc-fds"
  | "proc-sections"
  | "cgo-check"
  | "memcheck-log"
  | "ld-debug-log"
  | "elf"
  | "dwarf"
  | "core"
  | "go-runtime"
  | "heap-dump"
  | "gzip"
  | "tar"
  | "manifest"
  | "unknown";

export interface DecodeErrorDetail {
  format: FormatName;
  /** Byte offset in the (decompressed) input where reading stopped. */
  offset: number;
  /** What the user can do about it, one sentence. */
  hint: string;
  cause?: unknown;
}

/** Foreign bytes that cannot be read at all. Thrown once by a decoder, caught once at the edge. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  readonly format: FormatName;
  readonly offset: number;
  readonly hint: string;

  /** `what` says what is wrong, without position or advice: those are added here. */
  constructor(what: string, detail: DecodeErrorDetail) {
    super(
      `${detail.format}: ${what} at byte ${detail.offset} (0x${detail.offset.toString(16)})`,
      detail.cause === undefined ? undefined : { cause: detail.cause },
    );
    this.format = detail.format;
    this.offset = detail.offset;
    this.hint = detail.hint;
  }
}

/** A part of the input that was lost, while the rest was read: partial damage is data, not an exception. */
export interface Damage {
  format: FormatName;
  offset: number;
  /** What is missing or wrong, and what was kept, one sentence. */
  what: string;
}
