/** Whether what was found in a zoo program is what was to be found: its leaks with their lines, and nothing else. */
import { isLoud, listAcceptedLines, type ZooProgram } from "./zoo-programs.ts";

export interface ReportedFinding {
  pattern: string;
  state: string;
  severity: string;
  confidence: number;
  site?: { function: string; file: string; line: number };
  headline: { text: string };
  evidence?: { text: string }[];
}

/** One program's line of the table. */
export interface Row {
  program: ZooProgram;
  ok: boolean;
  found: string;
  line: string;
  confidence: string;
  note: string;
}

export function judgeFindings(program: ZooProgram, findings: ReportedFinding[]): Row {
  const loud = findings.filter((f) => isLoud(f, program));
  const others = new Set(loud);
  const notes: string[] = [];
  let right = true;
  let main: ReportedFinding | undefined;
  for (const leak of program.leaks) {
    const hits = loud.filter((f) => f.pattern === leak.pattern && others.has(f));
    const accepted = listAcceptedLines(leak);
    const hit = hits.find((f) => accepted.some((place) => isAt(f, place))) ?? hits[0];
    if (hit !== undefined) others.delete(hit);
    main ??= hit;
    const isNamed =
      hit !== undefined && (accepted.length === 0 || accepted.some((place) => isAt(hit, place)));
    right &&= isNamed;
    if (hit === undefined) notes.push(program.leaks.length > 1 ? `${leak.pattern} not found` : "");
    else if (!isNamed) notes.push(`${leak.pattern}: wrong line, wanted ${accepted[0]!.line}`);
    else if (accepted.length > 0 && !isAt(hit, accepted[0]!)) notes.push("a related line");
    else if (program.leaks.length > 1) notes.push(`${describe(hit)} ${position(hit)}`);
  }
  if (others.size > 0) {
    notes.push(
      `${main === undefined ? "" : "also: "}${[...others].map((f) => `${describe(f)} ${position(f)}`).join(", ")}`,
    );
  }
  const shown = main ?? loud[0];
  const isFirst =
    program.leaks.length === 0 || loud[0]?.pattern === program.leaks[0]!.pattern || program.leaks.length > 1;
  return {
    program,
    ok: right && others.size === 0 && isFirst,
    found: describe(shown),
    line: position(shown),
    confidence: main === undefined ? "" : `${main.confidence.toFixed(2)}, ${main.state}`,
    note: notes.filter((note) => note !== "" && note !== `${describe(shown)} ${position(shown)}`).join("; "),
  };
}

function describe(finding: ReportedFinding | undefined): string {
  return finding === undefined ? "nothing" : `${finding.pattern} (${finding.severity})`;
}

function position(finding: ReportedFinding | undefined): string {
  return finding?.site === undefined ? "" : `${finding.site.file.split("/").at(-1)}:${finding.site.line}`;
}

function isAt({ site }: ReportedFinding, place: { file: string; line: number }): boolean {
  return site?.line === place.line && site.file.endsWith(place.file);
}
