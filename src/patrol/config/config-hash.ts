import { createHash } from "node:crypto";
import type { PatrolConfig } from "./patrol-config.ts";

/**
 * Of what a configuration means, not of how it is written: order of keys, comments and spelled-out defaults do not
 * count. sha256 in hex. A secret that the file holds in clear text is not part of it: a hash of a short word can be
 * tried out.
 */
export function hashConfig(config: PatrolConfig): string {
  return createHash("sha256").update(canonicalJson(config)).digest("hex");
}

/** JSON with sorted keys. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    const { from, text } = inner as { from?: unknown; text?: unknown };
    if (from === "text" && typeof text === "string") return { from };
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
