import { ArraySource, type ByteSource } from "../../bytes/byte-source.ts";

/** A part of a process's address space and its bytes. */
export interface CopiedRegion {
  start: number;
  end: number;
  source: ByteSource;
  /** Of `start` in the source. */
  offset: number;
  /** PF_X 1, PF_W 2, PF_R 4. */
  flags: number;
}

const CHUNK_BYTES = 64 * 1024 * 1024;

/** Memory that pages are copied into. It is claimed before the process is stopped, for the kernel clears each page. */
export class CopySpace {
  readonly #chunks: Uint8Array[] = [];
  #chunk = 0;
  #used = 0;

  constructor(expectedBytes: number) {
    for (let bytes = 0; bytes < expectedBytes; bytes += CHUNK_BYTES)
      this.#chunks.push(Buffer.allocUnsafeSlow(CHUNK_BYTES).fill(1));
  }

  /** Room for up to `bytes`; less at the end of a chunk. */
  take(bytes: number): Uint8Array {
    if (this.#used === CHUNK_BYTES) {
      this.#chunk++;
      this.#used = 0;
    }
    if (this.#chunk === this.#chunks.length) this.#chunks.push(Buffer.allocUnsafeSlow(CHUNK_BYTES));
    const start = this.#used;
    this.#used = Math.min(CHUNK_BYTES, start + bytes);
    return this.#chunks[this.#chunk]!.subarray(start, this.#used);
  }
}

/** Pages that were never touched. */
class ZeroSource implements ByteSource {
  readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  read(offset: number, length: number): Uint8Array {
    return new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
  }
}

export function regionOfBytes(start: number, bytes: Uint8Array): CopiedRegion {
  return { start, end: start + bytes.length, source: new ArraySource(bytes), offset: 0, flags: 6 };
}

export function regionOfZeros(start: number, end: number): CopiedRegion {
  return { start, end, source: new ZeroSource(end - start), offset: 0, flags: 6 };
}
