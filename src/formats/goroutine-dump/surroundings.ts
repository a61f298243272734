import { endsWith, findText, hexDigit, isDigit, SPACE, startsWith } from "../../lib/ascii.ts";

/** A marker behind the prefix of a log stands within so many bytes. */
const MAX_MARKER_BYTES = 300;
/** "rflags 0x286", "r10    0x0", "x28 0x…", "sp      0x…" with 64 bits. */
const MAX_REGISTER_BYTES = 32;

/**
 * What the runtime prints before a dump of all goroutines that does not begin with a running one: a fatal signal
 * ("SIGQUIT: quit", "PC=0x48dd21 m=0 sigcode=0") or an error such as a deadlock. Panics need no marker.
 */
export function isDumpMarker(bytes: Uint8Array, start: number, end: number): boolean {
  const last = Math.min(end, start + MAX_MARKER_BYTES);
  if (findText(bytes, start, last, "fatal error: ") >= 0) return true;
  return findText(bytes, start, last, "SIGQUIT: quit") >= 0 || isSignalLine(bytes, start, last);
}

function isSignalLine(bytes: Uint8Array, start: number, end: number): boolean {
  const pc = findText(bytes, start, end, "PC=0x");
  return pc >= 0 && findText(bytes, pc, end, " sigcode=") >= 0;
}

/** With GOTRACEBACK=crash the runtime prints this between what the threads say. */
export function isCrashSeparator(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start <= MAX_MARKER_BYTES &&
    endsWith(bytes, start, end, "-----") &&
    !isDashed(bytes, start, end - 5)
  );
}

/** A rule that somebody drew with more dashes. */
function isDashed(bytes: Uint8Array, start: number, end: number): boolean {
  return end > start && bytes[end - 1] !== SPACE;
}

/** One line of a register dump (runtime/signal_*.go, dumpregs): a name, blanks, a hexadecimal number. */
export function isRegister(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > MAX_REGISTER_BYTES) return false;
  let at = start;
  while (at < end && isNameByte(bytes[at]!)) at++;
  const nameBytes = at - start;
  if (nameBytes < 2 || nameBytes > 8 || bytes[at] !== SPACE) return false;
  while (at < end && bytes[at] === SPACE) at++;
  if (!startsWith(bytes, at, end, "0x") || end - at < 3) return false;
  for (at += 2; at < end; at++) {
    if (hexDigit(bytes[at]!) < 0) return false;
  }
  return true;
}

function isNameByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || isDigit(byte);
}
