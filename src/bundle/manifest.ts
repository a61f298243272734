import { z } from "zod";

/** What a capture is of. Analysis trusts the content, not this word; it says which endpoint was asked. */
const CAPTURE_KINDS = [
  "heap",
  "allocs",
  "heap-text",
  "goroutine",
  "goroutine-dump",
  "goroutineleak",
  "symbols",
  "expvar",
  "metrics",
  "index",
  "cmdline",
  "proc-status",
  "proc-stat",
  "proc-limits",
  "proc-maps",
  "proc-fds",
  "proc-system",
  "log",
  "source",
  "file",
] as const;
export type CaptureKind = (typeof CAPTURE_KINDS)[number];

/** What a Date can hold. */
const MAX_WALL_MS = 8.64e15;
const wallMs = z.number().min(-MAX_WALL_MS).max(MAX_WALL_MS);

const time = z.object({
  /** Wall clock of the capturing machine when the request was sent, milliseconds since 1970. */
  wallMs,
  /** Milliseconds on the capturing machine's monotonic clock since the bundle was begun. */
  monotonicMs: z.number(),
});

const capture = z.object({
  kind: z.enum(CAPTURE_KINDS),
  /** Which round of the window this belongs to, from 0. */
  sample: z.int().nonnegative(),
  /** Path inside the bundle, with forward slashes. */
  path: z.string(),
  /** The URL asked (without user, password and query secrets) or the file read. */
  origin: z.string(),
  time,
  elapsedMs: z.number(),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The request asked for `gc=1`: the target ran one full collection for it. */
  forcedGc: z.boolean(),
  /** The body broke off before its end; what arrived was kept. */
  cutOff: z.boolean(),
});

const failure = z.object({
  kind: z.enum(CAPTURE_KINDS),
  sample: z.int().nonnegative(),
  origin: z.string(),
  time,
  /** A stable word for programs: "refused", "http-404", "timeout", "tls", "too-large", "skipped" … */
  code: z.string(),
  /** One sentence for people, with the next step. */
  reason: z.string(),
});

/** `manifest.json`, the table of contents of a bundle: all that an inspection used, and what it could not get. */
export const manifestSchema = z.object({
  format: z.literal("gopatrol-bundle"),
  version: z.literal(1),
  gopatrol: z.string(),
  target: z.object({
    kind: z.enum(["url", "process", "files"]),
    /** As the user named it, without secrets. */
    name: z.string(),
  }),
  begun: z.object({ wallMs }),
  windowMs: z.number(),
  everyMs: z.number(),
  samples: z.int().nonnegative(),
  /** The user ended the window early (Ctrl-C); the bundle holds what was gathered until then. */
  interrupted: z.boolean(),
  /**
   * Loose files only: what put them in time order. "content": every file told its own time; "mtime": none did, the
   * file system's was taken; "mixed": both; "argument": the times did not differ, so the order given was kept.
   */
  order: z.enum(["content", "mtime", "mixed", "argument"]).optional(),
  /** Memory limit given by the user, in bytes. */
  limitBytes: z.number().nullable(),
  load: z.object({ command: z.string(), exitCode: z.number().nullable() }).nullable(),
  captures: z.array(capture),
  failures: z.array(failure),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Capture = z.infer<typeof capture>;
export type CaptureFailure = z.infer<typeof failure>;

/** A bundle in memory: the manifest and the bytes of every capture by path. All I/O is behind it. */
export interface Bundle {
  manifest: Manifest;
  /** Bytes by `Capture.path`; a path named by the manifest may be missing (a damaged bundle). */
  files: ReadonlyMap<string, Uint8Array>;
}
