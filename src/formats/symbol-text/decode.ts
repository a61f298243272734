import { DamageLog } from "../../bytes/damage-log.ts";
import { type Damage, DecodeError } from "../../bytes/decode-error.ts";
import { decodeText, hexDigit, isBlank, skipBlanks, startsWith } from "../../lib/ascii.ts";
import { LineScanner } from "../../lib/text-lines.ts";

export interface SymbolText {
  /** Function by address, for the addresses that the program knows. */
  symbols: Map<bigint, string>;
  damage: Damage[];
}

const MAX_SYMBOLS = 1_000_000;
const COUNT_LINE = "num_symbols: ";

export function sniffSymbolText(head: Uint8Array): boolean {
  return startsWith(head, 0, head.length, COUNT_LINE);
}

/**
 * Decodes the answer of `/debug/pprof/symbol`: `num_symbols: 1`, which counts nothing, then `0xaddress name` for each
 * address asked that lies in a function (net/http/pprof/pprof.go, Symbol).
 *
 * @throws DecodeError if the first line is not `num_symbols: …`.
 */
export function decodeSymbolText(bytes: Uint8Array): SymbolText {
  if (!sniffSymbolText(bytes)) {
    throw new DecodeError('the first line is not "num_symbols: …"', {
      format: "symbol-text",
      offset: 0,
      hint: "Since Go 1.23 the endpoint wants GET with the addresses in the query.",
    });
  }
  const symbols = new Map<bigint, string>();
  const damage = new DamageLog("symbol-text");
  const lines = new LineScanner(bytes);
  lines.next();
  while (lines.next()) {
    const { start, end } = lines;
    if (!lines.isTerminated) {
      damage.add(start, "the answer ends in the middle of a line; that line was left out");
      break;
    }
    if (symbols.size >= MAX_SYMBOLS) {
      damage.add(start, `the symbols after the first ${MAX_SYMBOLS} were left out`);
      break;
    }
    if (start === end) continue;
    const digitsEnd = findAddressEnd(bytes, start, end);
    const nameStart = digitsEnd < 0 ? -1 : skipBlanks(bytes, digitsEnd, end);
    if (nameStart <= digitsEnd || nameStart === end)
      damage.add(start, "a line that is no symbol was left out");
    else symbols.set(BigInt(decodeText(bytes, start, digitsEnd)), decodeText(bytes, nameStart, end));
  }
  return { symbols, damage: damage.finish() };
}

/** Offset behind `0x…` of at most 64 bits, which a blank must follow, or -1. */
function findAddressEnd(bytes: Uint8Array, start: number, end: number): number {
  if (!startsWith(bytes, start, end, "0x")) return -1;
  let at = start + 2;
  while (at < end && hexDigit(bytes[at]!) >= 0) at++;
  const digits = at - start - 2;
  return digits > 0 && digits <= 16 && at < end && isBlank(bytes[at]!) ? at : -1;
}
