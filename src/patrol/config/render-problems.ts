import { columnsOf } from "../../lib/text-columns.ts";
import type { ConfigProblem } from "./config-problem.ts";

export interface RenderProblemsOptions {
  /** As the user named it. */
  file: string;
  /** The file's text, for the lines that are shown. */
  text: string;
  /** Marks text; the identity where there is no colour. */
  style: (kind: "error" | "warning" | "frame" | "hint", text: string) => string;
}

const MOST_FRAME_COLUMNS = 160;

/** Each problem as `file:line:column: error: …`, the line with the place marked, and what to write instead. */
export function renderProblems(problems: readonly ConfigProblem[], options: RenderProblemsOptions): string {
  const lines = options.text.split(/\r?\n/);
  return problems.map((problem) => renderProblem(problem, lines, options)).join("\n");
}

function renderProblem(
  { severity, message, hint, place }: ConfigProblem,
  lines: readonly string[],
  { file, style }: RenderProblemsOptions,
): string {
  const head = `${file}:${place.line}:${place.column}: ${style(severity, `${severity}:`)} ${message}\n`;
  const line = hideSecrets((lines[place.line - 1] ?? "").replaceAll("\t", " "));
  const number = String(place.line);
  const before = columnsOf(line.slice(0, place.column - 1));
  const marked = Math.max(1, columnsOf(line.slice(place.column - 1, place.endColumn - 1)));
  const isShown = before + marked <= MOST_FRAME_COLUMNS;
  const frame = isShown
    ? `${style("frame", `  ${number} |`)} ${line.slice(0, MOST_FRAME_COLUMNS)}\n` +
      `${style("frame", `  ${" ".repeat(number.length)} |`)} ${" ".repeat(before)}${style(severity, "^".repeat(marked))}\n`
    : "";
  return `${head}${frame}${hint === null ? "" : `  ${style("hint", "hint:")} ${hint}\n`}`;
}

/**
 * The line with what may be a secret in stars of the same length, so that columns stay: what is printed ends up in the
 * logs of build servers.
 */
function hideSecrets(line: string): string {
  const stars = (text: string) => "*".repeat(text.length);
  return line
    .replaceAll(
      /((?:password|bearer|token|secret|salt|authorization|[\w-]*_?key|key_id|role_id|secret_id)"?\s*=\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,}\]#]+)/gi,
      (_, key: string, value: string) => key + stars(value),
    )
    .replaceAll(/(:\/\/)([^/@\s"']*)(?=@)/g, (_, slashes: string, user: string) => slashes + stars(user))
    .replaceAll(
      /(https?:\/\/[^/\s"']+\/)([^\s"']*)/g,
      (_, origin: string, path: string) => origin + (/[?]|[\w-]{16,}/.test(path) ? stars(path) : path),
    );
}
