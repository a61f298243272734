import { DecodeError } from "../bytes/decode-error.ts";

/** What a caller's function finds in the target's bytes, or undefined if it cannot read them. */
export function ignoreUnreadable<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
