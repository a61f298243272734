import { constants, gunzipSync } from "node:zlib";

/** 4 kB of deflate cannot become more than about 4 MB, so this never cuts a real head short. */
const MAX_HEAD_BYTES = 8 * 1024 * 1024;
const MAGIC_OFFSET = 257;
const MAGIC = new TextEncoder().encode("ustar");

/** Whether the first (at most a few thousand) bytes of a file begin a tar archive, plain or in gzip. */
export function isTarHead(head: Uint8Array): boolean {
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  let tar = head;
  if (isGzip) {
    try {
      // The head ends inside the deflate stream; what was inflated until then is what we want.
      tar = gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_HEAD_BYTES });
    } catch {
      return false;
    }
  }
  return MAGIC.every((byte, i) => tar[MAGIC_OFFSET + i] === byte);
}
