import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { PackedError } from "./packed-reader.ts";

/** What one row's blob may unfold to, whatever a damaged file says. */
const MAX_UNPACKED_BYTES = 256 * 2 ** 20;

export function zstd(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } });
}

/** Throws PackedError. */
export function unzstd(blob: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(blob, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    throw new PackedError(`a packed row cannot be unfolded (${(error as Error).message})`, { cause: error });
  }
}
