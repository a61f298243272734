import {
  BACKSLASH,
  CLOSE_BRACE,
  COLON,
  decodeText,
  isBlank,
  isDigit,
  OPEN_BRACE,
  QUOTE,
  skipBlanks,
} from "../../lib/ascii.ts";
import { findQuoteEnd } from "../../lib/quoted-text.ts";
import type { MetricSample } from "../../tables/metric-samples.ts";

const COMMA = 0x2c;
const EQUALS = 0x3d;
const HASH = 0x23;
const MAX_NUMBER_BYTES = 64;
const NO_LABELS: ReadonlyMap<string, string> = new Map();

/**
 * Reads one line of samples, or gives undefined where it is none: `name{label="value",…} value timestamp`, with what
 * OpenMetrics and Prometheus 3 add to it, exemplars (` # {…} value`) and quoted names (`{"my.metric",label="value"}`).
 * Timestamps and exemplars are checked no further.
 */
export function findSample(bytes: Uint8Array, start: number, end: number): MetricSample | undefined {
  let at = skipNameBytes(bytes, start, end);
  let name = decodeText(bytes, start, at);
  let labels = NO_LABELS;
  at = skipBlanks(bytes, at, end);
  if (bytes[at] === OPEN_BRACE && at < end) {
    const set = new LabelSet();
    at = set.read(bytes, at, end);
    if (at < 0) return undefined;
    if (set.name !== undefined && name === "") name = set.name;
    if (set.labels.size > 0) labels = set.labels;
    at = skipBlanks(bytes, at, end);
  }
  if (name === "") return undefined;
  const valueEnd = skipVisible(bytes, at, end);
  if (valueEnd - at > MAX_NUMBER_BYTES) return undefined;
  const value = parseValue(decodeText(bytes, at, valueEnd));
  if (value === undefined || !isTail(bytes, skipBlanks(bytes, valueEnd, end), end)) return undefined;
  return { name, labels, value };
}

class LabelSet {
  readonly labels = new Map<string, string>();
  name: string | undefined;

  /** Offset behind the closing brace, or -1. */
  read(bytes: Uint8Array, open: number, end: number): number {
    let at = skipBlanks(bytes, open + 1, end);
    while (at < end && bytes[at] !== CLOSE_BRACE) {
      const isQuoted = bytes[at] === QUOTE;
      const keyEnd = isQuoted ? findQuoteEnd(bytes, at, end) : skipNameBytes(bytes, at, end);
      if (keyEnd <= at) return -1;
      const key = isQuoted ? unescapeLabel(bytes, at + 1, keyEnd - 1) : decodeText(bytes, at, keyEnd);
      at = skipBlanks(bytes, keyEnd, end);
      if (bytes[at] === EQUALS && at < end) {
        at = skipBlanks(bytes, at + 1, end);
        const valueEnd = at < end && bytes[at] === QUOTE ? findQuoteEnd(bytes, at, end) : -1;
        if (valueEnd < 0) return -1;
        this.labels.set(key, unescapeLabel(bytes, at + 1, valueEnd - 1));
        at = skipBlanks(bytes, valueEnd, end);
      } else if (isQuoted && this.name === undefined && this.labels.size === 0) {
        this.name = key;
      } else {
        return -1;
      }
      if (bytes[at] === COMMA && at < end) at = skipBlanks(bytes, at + 1, end);
      else if (bytes[at] !== CLOSE_BRACE) return -1;
    }
    return at < end ? at + 1 : -1;
  }
}

/** What may follow a value: nothing, a timestamp, an exemplar. */
function isTail(bytes: Uint8Array, at: number, end: number): boolean {
  if (at === end || bytes[at] === HASH) return true;
  const numberEnd = skipVisible(bytes, at, end);
  if (numberEnd - at > MAX_NUMBER_BYTES || parseValue(decodeText(bytes, at, numberEnd)) === undefined)
    return false;
  const rest = skipBlanks(bytes, numberEnd, end);
  return rest === end || bytes[rest] === HASH;
}

/** Numbers as Go's strconv.ParseFloat takes them, but for hexadecimal and digits with underscores. */
function parseValue(text: string): number | undefined {
  if (/^[+-]?[0-9.][0-9.eE+-]*$/.test(text)) {
    const value = Number(text);
    return Number.isNaN(value) ? undefined : value;
  }
  switch (text.toLowerCase()) {
    case "nan":
      return Number.NaN;
    case "inf":
    case "+inf":
      return Number.POSITIVE_INFINITY;
    case "-inf":
      return Number.NEGATIVE_INFINITY;
    default:
      return undefined;
  }
}

function unescapeLabel(bytes: Uint8Array, start: number, end: number): string {
  const text = decodeText(bytes, start, end);
  if (bytes.subarray(start, end).indexOf(BACKSLASH) < 0) return text;
  return text.replace(/\\([\\"n])/g, (_, letter: string) => (letter === "n" ? "\n" : letter));
}

function skipNameBytes(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && isNameByte(bytes[next]!)) next++;
  return next;
}

function isNameByte(byte: number): boolean {
  const lower = byte | 0x20;
  // Dots are no part of a plain name, but some exporters write them.
  return (
    (lower >= 0x61 && lower <= 0x7a) || isDigit(byte) || byte === 0x5f || byte === COLON || byte === 0x2e
  );
}

function skipVisible(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && !isBlank(bytes[next]!)) next++;
  return next;
}
