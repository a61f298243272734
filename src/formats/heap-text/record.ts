import { decodeText, parseDigits, SPACE, skipDigits, startsWith } from "../../lib/ascii.ts";

const MINUS = 0x2d;
const MAX_INT64 = 2n ** 63n - 1n;
/** Any number of so few digits is exact in a double. */
const SAFE_DIGITS = 15;
const MAX_DIGITS = 19;
const FAILED = -1;

/**
 * Reads records `IO: IB [AO: AB] @ …`: in-use objects and bytes, allocated objects and bytes, as sampled. A value is a
 * bigint where a double might not hold it. In-use values may be negative.
 */
export class HeapRecordReader {
  inuseObjects: number | bigint = 0;
  inuseBytes: number | bigint = 0;
  allocObjects: number | bigint = 0;
  allocBytes: number | bigint = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;

  /** Offset behind the "@", or -1 if the line is no record. */
  read(bytes: Uint8Array, start: number, end: number): number {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.inuseObjects = this.#readInteger(true);
    this.#expect(":");
    this.inuseBytes = this.#readInteger(true);
    this.#expect("[");
    this.allocObjects = this.#readInteger(false);
    this.#expect(":");
    this.allocBytes = this.#readInteger(false);
    this.#expect("]");
    this.#expect("@");
    return this.#at;
  }

  #skipSpaces(): void {
    while (this.#at < this.#end && this.#bytes[this.#at] === SPACE) this.#at++;
  }

  #expect(text: string): void {
    if (this.#at === FAILED) return;
    this.#skipSpaces();
    this.#at = startsWith(this.#bytes, this.#at, this.#end, text) ? this.#at + text.length : FAILED;
  }

  /** An int64; 0 after a failure. */
  #readInteger(maySign: boolean): number | bigint {
    if (this.#at === FAILED) return 0;
    this.#skipSpaces();
    const isNegative = maySign && this.#bytes[this.#at] === MINUS;
    const digits = isNegative ? this.#at + 1 : this.#at;
    const digitsEnd = skipDigits(this.#bytes, digits, this.#end);
    const length = digitsEnd - digits;
    this.#at = digitsEnd;
    if (length > 0 && length <= SAFE_DIGITS) {
      const value = parseDigits(this.#bytes, digits, digitsEnd);
      return isNegative ? 0 - value : value;
    }
    if (length > 0 && length <= MAX_DIGITS) {
      const value = BigInt(decodeText(this.#bytes, digits, digitsEnd));
      if (value <= MAX_INT64) return isNegative ? -value : value;
    }
    this.#at = FAILED;
    return 0;
  }
}
