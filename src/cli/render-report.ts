import { writeFile } from "node:fs/promises";
import type { Finding } from "../findings/finding.ts";
import type { Inspection } from "../inspect/inspection.ts";
import type { Language } from "../report/messages/language.ts";
import type { ProgressLine } from "./progress-line.ts";
import { describeTerminal } from "./terminal.ts";

export interface ReportFlags {
  format: "text" | "json" | "html" | "markdown";
  out?: string;
  failOn: "info" | "warning" | "critical" | "never";
}

/** The report in the form that the flags ask for. What other forms need is not loaded. */
export async function renderReport(
  inspection: Inspection,
  flags: ReportFlags,
  options: { gopatrolVersion: string; language: Language },
): Promise<string> {
  if (flags.format === "json") {
    const { renderJson } = await import("../report/json.ts");
    return renderJson(inspection, options);
  }
  const { buildReportView } = await import("../report/build-report-view.ts");
  const view = buildReportView(inspection, options);
  switch (flags.format) {
    case "html": {
      const [{ renderHtml }, { pageScript }] = await Promise.all([
        import("../report/html.ts"),
        import("../web/page-script.ts"),
      ]);
      return renderHtml(view, pageScript());
    }
    case "markdown": {
      const { renderMarkdown } = await import("../report/markdown.ts");
      return renderMarkdown(view);
    }
    default: {
      const { renderText } = await import("../report/text.ts");
      const terminal = describeTerminal(process.stdout, process.env);
      return renderText(view, flags.out === undefined ? terminal : { width: 100, color: false });
    }
  }
}

/** Writes a report where the flags say; false, with a word on stderr, if that fails. */
export async function writeReport(
  report: string,
  flags: ReportFlags,
  { progress, language }: { progress: ProgressLine; language: Language },
): Promise<boolean> {
  if (flags.out === undefined) {
    process.stdout.write(report);
    return true;
  }
  const { progress: label } = language.labels;
  try {
    await writeFile(flags.out, report);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    process.stderr.write(`gopatrol: ${label.reportNotWritten(flags.out, code ?? "error")}\n`);
    return false;
  }
  progress.say(label.reportWritten(flags.out));
  return true;
}

const RANK = { info: 0, warning: 1, critical: 2 } as const;

export function failsOn(findings: readonly Finding[], failOn: ReportFlags["failOn"]): boolean {
  return failOn !== "never" && findings.some((finding) => RANK[finding.severity] >= RANK[failOn]);
}
