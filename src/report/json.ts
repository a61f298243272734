import type { Statement } from "../findings/statement.ts";
import type { Inspection } from "../inspect/inspection.ts";
import { LANGUAGES, type Language } from "./messages/language.ts";
import { renderStatement } from "./messages/wording.ts";

/** Raised when a field is removed or changes its meaning; new fields do not raise it. */
export const REPORT_VERSION = 1;

/**
 * The report for programs: every fact of the inspection, and each statement with its text beside its values. The shape
 * is published as docs/schema/report-v1.schema.json. Numbers are bytes, seconds, counts and fractions as the unit
 * beside them says; what is not known is null, never NaN.
 */
export function renderJson(
  inspection: Inspection,
  { gopatrolVersion, language = LANGUAGES.en }: { gopatrolVersion: string; language?: Language },
): string {
  const report = {
    format: "gopatrol-report",
    version: REPORT_VERSION,
    gopatrol: gopatrolVersion,
    ...inspection,
  };
  return encodeFacts(report, language);
}

/** Facts as JSON: a statement gets its text, and what is not finite is null. */
export function encodeFacts(facts: object, language: Language): string {
  return `${JSON.stringify(
    facts,
    (_, value: unknown) => {
      if (typeof value === "number") return Number.isFinite(value) ? value : null;
      if (isStatement(value))
        return { id: value.id, text: renderStatement(language.wording, value), values: value.values };
      return value;
    },
    2,
  )}\n`;
}

function isStatement(value: unknown): value is Statement {
  return (
    typeof value === "object" && value !== null && "id" in value && "values" in value && !("text" in value)
  );
}
