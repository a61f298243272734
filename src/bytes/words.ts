/**
 * A 64-bit column seen as pairs of 32-bit words, so that it can be filled and read without making bigints.
 * The halves of element `i` are `words[2 * i + LOW_WORD]` and `words[2 * i + HIGH_WORD]`.
 */
export function viewWords(column: BigUint64Array | BigInt64Array): Uint32Array {
  return new Uint32Array(column.buffer, column.byteOffset, column.length * 2);
}

/** Typed arrays have the byte order of the machine. */
const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
export const LOW_WORD: number = isLittleEndian ? 0 : 1;
export const HIGH_WORD: number = isLittleEndian ? 1 : 0;

const TWO_32 = 0x1_0000_0000;

/** The double nearest to a signed 64-bit integer given in halves. */
export function toSignedNumber(low: number, high: number): number {
  return (high | 0) * TWO_32 + low;
}

/** Whether a signed 64-bit integer lies strictly between -2^53 and 2^53, where every integer is its own double. */
export function isExactInDouble(low: number, high: number): boolean {
  const signed = high | 0;
  return signed < 0x20_0000 && (signed > -0x20_0000 || (signed === -0x20_0000 && low !== 0));
}
