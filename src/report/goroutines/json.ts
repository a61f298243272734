import type { Statement } from "../../findings/statement.ts";
import type { GoroutineReport } from "../../inspect/goroutine-report.ts";
import type { Language } from "../messages/language.ts";
import { renderStatement } from "../messages/wording.ts";

/** Raised when a field is removed or changes its meaning; new fields do not raise it. */
export const GOROUTINE_REPORT_VERSION = 1;

/**
 * The goroutine report for programs. The shape is published as docs/schema/goroutines-v1.schema.json; what is not known
 * is null.
 */
export function renderGoroutineJson(
  report: GoroutineReport,
  { language, gopatrolVersion }: { language: Language; gopatrolVersion: string },
): string {
  const sentence = (s: Statement) => ({
    id: s.id,
    text: renderStatement(language.wording, s),
    values: s.values,
  });
  const body = {
    format: "gopatrol-goroutines",
    version: GOROUTINE_REPORT_VERSION,
    gopatrol: gopatrolVersion,
    ...report,
    candidates: report.candidates.map((c) => ({ ...c, criteria: c.criteria.map(sentence) })),
    groups: report.groups.map((group) => ({
      ...group,
      createdBy: group.createdBy ?? null,
      wait: group.wait ?? null,
      survival: Number.isNaN(group.survival) ? null : group.survival,
    })),
  };
  const finite = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? null : value;
  return `${JSON.stringify(body, finite, 2)}\n`;
}
