import { expect, test } from "vitest";
import { chainEntry, findBrokenLinks } from "./audit-chain.ts";
import type { AuditEntry } from "./audit-entry.ts";

function chain(length: number): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let n = 0; n < length; n++) {
    entries.push(
      chainEntry(entries.at(-1) ?? null, {
        atMs: 1000 * n,
        actor: "patrol",
        action: "capture",
        detail: { bytes: n, target: "shop", refused: false },
      }),
    );
  }
  return entries;
}

test("a chain is whole, and so is a part of it", () => {
  expect(findBrokenLinks(chain(5))).toEqual([]);
  expect(findBrokenLinks(chain(5).slice(2))).toEqual([]);
  expect(findBrokenLinks([])).toEqual([]);
});

test("what was changed, taken out or replaced is told by its number", () => {
  const changed = chain(4);
  changed[1] = { ...changed[1]!, detail: { ...changed[1]!.detail, bytes: 7 } };
  expect(findBrokenLinks(changed)).toEqual(["Audit entry 2 was changed after it was written."]);

  const shorter = chain(4).toSpliced(2, 1);
  expect(findBrokenLinks(shorter)).toEqual(["Audit entries between 2 and 4 are missing."]);

  const replaced = chain(4);
  replaced[2] = chainEntry(replaced[1]!, { atMs: 0, actor: "x", action: "y", detail: {} });
  expect(findBrokenLinks(replaced)).toEqual(["Audit entry 4 does not follow 3: one of them was replaced."]);
});

test("the order of an entry's details does not matter", () => {
  const facts = { atMs: 1, actor: "a", action: "b" };
  expect(chainEntry(null, { ...facts, detail: { x: 1, y: 2 } }).hash).toBe(
    chainEntry(null, { ...facts, detail: { y: 2, x: 1 } }).hash,
  );
});
