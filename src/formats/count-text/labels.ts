import { CLOSE_BRACE, COLON, isBlank, OPEN_BRACE, QUOTE, skipBlanks, startsWith } from "../../lib/ascii.ts";
import { findQuoteEnd, unquote } from "../../lib/quoted-text.ts";

const COMMA = 0x2c;
const INTRODUCTION = "# labels: ";

export function isLabelLine(bytes: Uint8Array, start: number, end: number): boolean {
  return startsWith(bytes, start, end, INTRODUCTION);
}

/**
 * Reads `# labels: {"key":"value", …}` (runtime/pprof/label.go, labelMap.String), key and value as the bytes they were
 * set with. False if the line is anything else; what came before the fault has been handed over.
 */
export function readLabels(
  bytes: Uint8Array,
  start: number,
  end: number,
  onLabel: (key: Uint8Array, value: Uint8Array) => void,
): boolean {
  let at = start + INTRODUCTION.length;
  if (bytes[at] !== OPEN_BRACE) return false;
  at++;
  while (at < end && bytes[at] !== CLOSE_BRACE) {
    const keyEnd = bytes[at] === QUOTE ? findQuoteEnd(bytes, at, end) : -1;
    if (keyEnd < 0 || bytes[keyEnd] !== COLON || bytes[keyEnd + 1] !== QUOTE) return false;
    const valueEnd = findQuoteEnd(bytes, keyEnd + 1, end);
    if (valueEnd < 0) return false;
    onLabel(unquote(bytes, at + 1, keyEnd - 1), unquote(bytes, keyEnd + 2, valueEnd - 1));
    at = valueEnd;
    if (bytes[at] === COMMA && isBlank(bytes[at + 1] ?? 0)) at = skipBlanks(bytes, at + 1, end);
  }
  return at < end && bytes[at] === CLOSE_BRACE;
}
