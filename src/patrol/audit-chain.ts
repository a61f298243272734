import { createHash } from "node:crypto";
import type { AuditEntry } from "./audit-entry.ts";

export type AuditFacts = Omit<AuditEntry, "sequence" | "previousHash" | "hash">;

/** What the first entry's `previousHash` is. */
const CHAIN_START: string = "0".repeat(64);

/** The entry that follows `previous`; null if it is the first. */
export function chainEntry(
  previous: Pick<AuditEntry, "sequence" | "hash"> | null,
  facts: AuditFacts,
): AuditEntry {
  const linked = {
    sequence: (previous?.sequence ?? 0) + 1,
    atMs: facts.atMs,
    actor: facts.actor,
    action: facts.action,
    detail: facts.detail,
    previousHash: previous?.hash ?? CHAIN_START,
  };
  return { ...linked, hash: hashEntry(linked) };
}

/**
 * Sha256 in hex of the entry's facts as one JSON array, keys of `detail` in the order of their UTF-16 units, so that
 * anybody can compute it again from an export.
 */
function hashEntry(entry: Omit<AuditEntry, "hash">): string {
  const detail = Object.entries(entry.detail).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([
    entry.sequence,
    entry.atMs,
    entry.actor,
    entry.action,
    detail,
    entry.previousHash,
  ]);
  return createHash("sha256").update(text).digest("hex");
}

/** One sentence for each broken link of entries in order; a part of a log may begin anywhere, the whole with 1. */
export function findBrokenLinks(entries: readonly AuditEntry[]): string[] {
  const problems: string[] = [];
  let previous: AuditEntry | undefined;
  for (const entry of entries) {
    if (hashEntry(entry) !== entry.hash)
      problems.push(`Audit entry ${entry.sequence} was changed after it was written.`);
    if (previous === undefined) {
      if (entry.sequence === 1 && entry.previousHash !== CHAIN_START) {
        problems.push("The first audit entry names one before it.");
      }
    } else if (entry.sequence !== previous.sequence + 1) {
      problems.push(`Audit entries between ${previous.sequence} and ${entry.sequence} are missing.`);
    } else if (entry.previousHash !== previous.hash) {
      problems.push(
        `Audit entry ${entry.sequence} does not follow ${previous.sequence}: one of them was replaced.`,
      );
    }
    previous = entry;
  }
  return problems;
}
