import { readFile } from "node:fs/promises";
import { runSchema } from "../patrol/published/run-schema.ts";
import type { Comparison } from "../patrol/run/compare-runs.ts";
import type { RunRecord } from "../patrol/run-record.ts";

/** A report that cannot be compared with. */
export class ReportError extends Error {
  override readonly name = "ReportError";
}

/** Records of --once or of a file sink: a JSON line each, or one array. Throws ReportError. */
export async function readRuns(path: string): Promise<RunRecord[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new ReportError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const trimmed = text.trim();
  const documents = trimmed.startsWith("[")
    ? parse(trimmed, path, 1)
    : trimmed.split("\n").map((line, i) => parse(line, path, i + 1));
  if (!Array.isArray(documents)) throw new ReportError(`${path} is no list of records`);
  return documents.map((document, i) => {
    const checked = runSchema.safeParse(document);
    if (checked.success) return checked.data as RunRecord;
    const [issue] = checked.error.issues;
    throw new ReportError(
      `${path}: record ${i + 1} is none of gopatrol.run/v1 (${issue?.path.join(".")}: ${issue?.message})`,
    );
  });
}

function parse(text: string, path: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ReportError(`${path}: line ${line} is no JSON`);
  }
}

const SHOWN = 20;

export function renderComparison(
  { outcome, compared, ignored, differing, share, maxShare, differences }: Comparison,
  file: string,
): string {
  const percent = (value: number) => `${(value * 100).toFixed(2)} %`;
  const verdict = {
    same: "sees the same",
    differs: "sees something else",
    "too-few-fields": "cannot be compared: too few fields",
  }[outcome];
  const lines = [
    `The new configuration ${verdict}: ${differing} of ${compared} fields differ (${percent(share)}, ${percent(maxShare)} are allowed; ${ignored} left out).`,
    ...differences
      .slice(0, SHOWN)
      .map(({ field, old, new: now, why }) => `  ${field}: ${old ?? "-"} → ${now ?? "-"} (${why})`),
    ...(differing > SHOWN ? [`  … and ${differing - SHOWN} more`] : []),
    `All of it is in ${file}.`,
  ];
  return `${lines.join("\n")}\n`;
}
