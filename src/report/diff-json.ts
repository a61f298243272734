import type { Diff } from "../inspect/diff.ts";

/** Raised when a field is removed or changes its meaning; new fields do not raise it. */
export const DIFF_VERSION = 1;

/** The diff for programs, published as docs/schema/diff-v1.schema.json. What is not known is null, never NaN. */
export function renderDiffJson(diff: Diff, gopatrolVersion: string): string {
  const report = { format: "gopatrol-diff", version: DIFF_VERSION, gopatrol: gopatrolVersion, ...diff };
  return `${JSON.stringify(report, (_, value: unknown) => (typeof value === "number" && !Number.isFinite(value) ? null : value), 2)}\n`;
}
