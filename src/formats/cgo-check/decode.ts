import { decodeText, findLastByte, NEWLINE } from "../../lib/ascii.ts";
import type { CgoViolation, CgoViolationKind } from "../../tables/cgo-violations.ts";

/**
 * What runtime/cgocall.go and cgocheck.go say, Go 1.6 to 1.27; "unpinned" since 1.21. Since 1.26 the message names the
 * function: "argument of cgo function has …", "result of Go function F called from cgo is …".
 */
const MESSAGES: readonly { text: string; kind: CgoViolationKind }[] = [
  { text: "cgo argument has Go pointer to", kind: "argument" },
  { text: "argument of cgo function", kind: "argument" },
  { text: "cgo result ", kind: "result" },
  { text: "called from cgo is", kind: "result" },
  { text: "Go pointer stored into non-Go memory", kind: "store" },
  { text: "Go pointer found in", kind: "store" },
];
const MAX_MESSAGE_BYTES = 500;
/** A program that ends at the first violation writes one; a log may hold many restarts. */
const MAX_VIOLATIONS = 1000;

/** Finds the places in a log where cgo's checks stopped the program. Other panics are not its business. */
export function decodeCgoViolations(bytes: Uint8Array): CgoViolation[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: CgoViolation[] = [];
  for (const { text, kind } of MESSAGES) {
    for (
      let at = buffer.indexOf(text);
      at >= 0 && found.length < MAX_VIOLATIONS;
      at = buffer.indexOf(text, at + text.length)
    ) {
      const start = findLastByte(bytes, Math.max(0, at - MAX_MESSAGE_BYTES), at, NEWLINE) + 1;
      const newline = buffer.indexOf(NEWLINE, at);
      const end = newline < 0 ? bytes.length : newline;
      const head = /(?:panic: runtime error: |fatal error: )(.*)$/.exec(
        decodeText(bytes, start, Math.min(end, start + MAX_MESSAGE_BYTES)).trimEnd(),
      );
      if (head === null) continue;
      const offset = start + head.index;
      if (found.some((known) => known.offset === offset)) continue;
      found.push({ kind, message: head[1]!, offset });
    }
  }
  return found.sort((a, b) => a.offset - b.offset);
}
