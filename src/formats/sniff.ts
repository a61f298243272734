import type { FormatName } from "../bytes/decode-error.ts";
import { sniffGzip } from "../bytes/gunzip.ts";
import { decodeText, findText, NEWLINE, OPEN_BRACE, skipBlanks, startsWith } from "../lib/ascii.ts";
import { LineScanner } from "../lib/text-lines.ts";
import { decodeCgoViolations } from "./cgo-check/decode.ts";
import { findCountTextHeader } from "./count-text/header.ts";
import { sniffGodebugLog } from "./godebug-log/sniff.ts";
import { findGoroutineHeader } from "./goroutine-dump/sniff.ts";
import { findHeapTextHeader } from "./heap-text/header.ts";
import { sniffLdDebugLog } from "./ld-debug-log/decode.ts";
import { sniffMemcheckLog } from "./memcheck-log/decode.ts";
import { sniffProfile } from "./pprof/sniff.ts";
import { sniffProcFds } from "./proc-fds/decode.ts";
import { sniffProcLimits } from "./proc-limits/decode.ts";
import { sniffProcMaps } from "./proc-maps/decode.ts";
import { sniffProcSections } from "./proc-sections/decode.ts";
import { sniffProcStat } from "./proc-stat/decode.ts";
import { sniffProcStatus } from "./proc-status/decode.ts";
import { sniffPrometheusText } from "./prometheus/sniff.ts";
import { sniffSymbolText } from "./symbol-text/decode.ts";

export interface Sniff {
  format: FormatName;
  /** "likely": it may be something else that happens to begin so. */
  confidence: "certain" | "likely" | "none";
  /** With format "unknown": what it seems to be, with an article ("an HTML page"). */
  looksLike?: string;
}

const HEAD_BYTES = 64 * 1024;
/** expvar sorts its variables, and a program may have large ones before "memstats". */
const JSON_HEAD_BYTES = 1024 * 1024;

/**
 * Tells by content, never by name, which decoder inflated bytes are for. `bytes` is the whole input, or at least its
 * first 64 KiB; a goroutine dump deep inside a log is found only if its bytes are given.
 */
export function sniffFormat(bytes: Uint8Array): Sniff {
  const head = bytes.subarray(0, HEAD_BYTES);
  return (
    sniffMagic(head) ??
    sniffFirstLine(head) ??
    sniffProc(bytes) ??
    sniffJson(bytes) ??
    sniffText(head) ??
    (sniffProfile(head) ? certain("pprof") : undefined) ??
    sniffLog(bytes) ??
    unknown(describe(head))
  );
}

function certain(format: FormatName): Sniff {
  return { format, confidence: "certain" };
}

function unknown(looksLike: string): Sniff {
  return { format: "unknown", confidence: "none", looksLike };
}

const TAR_MAGIC_OFFSET = 257;

/** First bytes of formats that are not evidence, or not yet. */
const OTHER_MAGIC: readonly (readonly [magic: string, looksLike: string])[] = [
  ["\x7fELF", "a core or executable"],
  ["go1.7 heap dump", "a heap dump of debug.WriteHeapDump"],
  ["PK\x03\x04", "a zip archive"],
  ["BZh", "a bzip2 file"],
  ["--- contention:", "a block profile as text; fetch it without debug=1"],
  ["--- mutex:", "a mutex profile as text; fetch it without debug=1"],
  ["%PDF-", "a PDF document"],
];
const OTHER_MAGIC_BYTES: readonly (readonly [magic: readonly number[], looksLike: string])[] = [
  [[0x28, 0xb5, 0x2f, 0xfd], "a zstd file; decompress it first"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "an xz file; decompress it first"],
  [[0x89, 0x50, 0x4e, 0x47], "a PNG picture"],
];

function sniffMagic(head: Uint8Array): Sniff | undefined {
  if (head.length === 0) return unknown("an empty file");
  if (sniffGzip(head)) return certain("gzip");
  if (startsWith(head, TAR_MAGIC_OFFSET, head.length, "ustar")) return certain("tar");
  for (const [magic, looksLike] of OTHER_MAGIC) {
    if (startsWith(head, 0, head.length, magic)) return unknown(looksLike);
  }
  for (const [magic, looksLike] of OTHER_MAGIC_BYTES) {
    if (magic.every((byte, i) => head[i] === byte)) return unknown(looksLike);
  }
  const opening = decodeText(head, 0, Math.min(head.length, 256));
  if (/^\s*<(!doctype\s+html|html|head|body)\b/i.test(opening)) return unknown("an HTML page");
  if (/^go 1\.\d+ trace\0/.test(opening)) return unknown("an execution trace");
  return undefined;
}

function sniffFirstLine(head: Uint8Array): Sniff | undefined {
  if (sniffSymbolText(head)) return certain("symbol-text");
  const lines = new LineScanner(head);
  if (!lines.next()) return undefined;
  if (findHeapTextHeader(head, lines.start, lines.end) !== undefined) return certain("heap-text");
  return findCountTextHeader(head, lines.start, lines.end) === undefined ? undefined : certain("count-text");
}

/** What the kernel says of a process; each begins in a way that nothing else does. */
function sniffProc(bytes: Uint8Array): Sniff | undefined {
  const head = bytes.subarray(0, HEAD_BYTES);
  if (sniffProcStatus(head)) return certain("proc-status");
  if (sniffProcMaps(head)) return certain("proc-maps");
  if (sniffProcLimits(head)) return certain("proc-limits");
  if (sniffProcFds(head)) return certain("proc-fds");
  if (sniffProcSections(head)) return certain("proc-sections");
  return sniffProcStat(bytes) ? certain("proc-stat") : undefined;
}

function sniffJson(bytes: Uint8Array): Sniff | undefined {
  const end = Math.min(bytes.length, JSON_HEAD_BYTES);
  let at = skipBlanks(bytes, 0, end);
  while (at < end && bytes[at] === NEWLINE) at = skipBlanks(bytes, at + 1, end);
  if (at >= end || bytes[at] !== OPEN_BRACE) return undefined;
  if (findText(bytes, at, end, '"gopatrol-bundle"') >= 0) return certain("manifest");
  const isExpvar =
    findText(bytes, at, end, '"memstats":') >= 0 || findText(bytes, at, end, '"cmdline":') >= 0;
  return isExpvar ? certain("expvar") : undefined;
}

function sniffText(head: Uint8Array): Sniff | undefined {
  if (sniffPrometheusText(head) === "described") return certain("prometheus");
  if (findGoroutineHeader(head) >= 0) return certain("goroutine-dump");
  return sniffGodebug(head) ?? sniffNative(head);
}

function sniffGodebug(bytes: Uint8Array): Sniff | undefined {
  const lines = sniffGodebugLog(bytes);
  if (lines === "ancient") return unknown("a log with gctrace lines of Go 1.4 or older, which are not read");
  return lines === undefined ? undefined : certain("godebug-log");
}

/** Logs of tools about C memory and loaded objects, and of cgo's checks where the stack behind them is missing. */
function sniffNative(bytes: Uint8Array): Sniff | undefined {
  if (sniffMemcheckLog(bytes)) return certain("memcheck-log");
  if (sniffLdDebugLog(bytes)) return certain("ld-debug-log");
  return decodeCgoViolations(bytes).length > 0 ? certain("cgo-check") : undefined;
}

/** The last resort reads everything there is. */
function sniffLog(bytes: Uint8Array): Sniff | undefined {
  if (bytes.length > HEAD_BYTES) {
    if (findGoroutineHeader(bytes) >= 0) return certain("goroutine-dump");
    const log = sniffGodebug(bytes) ?? sniffNative(bytes);
    if (log !== undefined) return log;
  }
  return sniffPrometheusText(bytes.subarray(0, HEAD_BYTES)) === "plain"
    ? { format: "prometheus", confidence: "likely" }
    : undefined;
}

const MAX_QUOTED_BYTES = 100;

function describe(head: Uint8Array): string {
  const isText = head.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
  if (!isText) return "binary data of no known kind";
  const text = decodeText(head, 0, Math.min(head.length, MAX_QUOTED_BYTES + 1)).trim();
  if (text.startsWith("{") || text.startsWith("[")) return "JSON that is not /debug/vars";
  // Servers answer errors in a few words: quoting them says more than any guess.
  if (head.length <= MAX_QUOTED_BYTES && !text.includes("\n")) return `the text ${JSON.stringify(text)}`;
  return "text without a goroutine dump";
}
