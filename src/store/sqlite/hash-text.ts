import { hashStack } from "../../patrol/stack-hash.ts";

/** 64 bits of a text, as SQLite's signed integers hold them. */
export function hashText(text: string): bigint {
  return BigInt.asIntN(64, hashStack([text]));
}
