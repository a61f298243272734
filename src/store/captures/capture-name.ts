import { createHash } from "node:crypto";
import { StoreError } from "../store.ts";

/** Raw captures are named by this: sha256 in hex. */
export function nameCapture(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Whether a text can be a name; anything else names nothing and must not become a path. */
export function isCaptureName(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** Throws StoreError if the bytes are not those that were put under the name. */
export function checkCapture(bytes: Uint8Array, sha256: string, place: string): Uint8Array {
  if (nameCapture(bytes) !== sha256) {
    throw new StoreError(
      "damaged",
      `the capture ${sha256} in ${place} is not what was put there`,
      "Remove it; the target can be captured again",
    );
  }
  return bytes;
}
