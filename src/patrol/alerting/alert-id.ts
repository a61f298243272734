import { createHash } from "node:crypto";
import type { Labels } from "../labels.ts";

/** 128 bits in hex: the same alert has the same id in every process. */
export function alertId(target: string, rule: string, identity: Labels): string {
  const labels = Object.entries(identity).sort(([a], [b]) => (a < b ? -1 : 1));
  return hashOf(["alert", target, rule, labels]);
}

export function hashOf(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
