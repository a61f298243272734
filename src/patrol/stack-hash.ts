/**
 * 64-bit FNV-1a (draft-eastlake-fnv) over a stack's frames as UTF-8, root first, with the byte 0xff behind each frame: it
 * is in no UTF-8 text, so that no other division of the same text into frames gives the same hash. The hash of a stack
 * is that of its caller's stack continued, which is why `StackHash` can be kept for each node of a trie.
 *
 * Nothing of the service, process or build goes in. A moved line is a new stack.
 */
export interface StackHash {
  /** The upper and lower 32 bits, unsigned. */
  high: number;
  low: number;
}

/** FNV's offset basis. */
export const EMPTY_STACK: StackHash = { high: 0xcbf29ce4, low: 0x84222325 };

/** FNV's prime is 2^40 + PRIME_LOW. */
const PRIME_LOW = 0x1b3;
const SEPARATOR = 0xff;
const WORD = 2 ** 32;
const utf8 = new TextEncoder();

/** The hash of the stack in which `caller`'s innermost frame calls this one. */
export function hashCall(caller: StackHash, frame: string): StackHash {
  let { high, low } = caller;
  const step = (byte: number): void => {
    low = (low ^ byte) >>> 0;
    // (high·2^32 + low)·(2^40 + PRIME_LOW) modulo 2^64; the products stay below 2^53.
    const product = low * PRIME_LOW;
    high = (Math.imul(high, PRIME_LOW) + Math.floor(product / WORD) + (low << 8)) >>> 0;
    low = product >>> 0;
  };
  for (let i = 0; i < frame.length; i++) {
    const unit = frame.charCodeAt(i);
    if (unit < 0x80) step(unit);
    else {
      for (const byte of utf8.encode(frame.slice(i))) step(byte);
      break;
    }
  }
  step(SEPARATOR);
  return { high, low };
}

/** Frames root first. */
export function hashStack(frames: readonly string[]): bigint {
  return toBigInt(frames.reduce(hashCall, EMPTY_STACK));
}

export function toBigInt(hash: StackHash): bigint {
  return (BigInt(hash.high) << 32n) | BigInt(hash.low);
}
