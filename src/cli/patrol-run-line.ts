import type { RunRecord } from "../patrol/run-record.ts";

/** One run in a line, with what is wrong below it. */
export function renderRunLine({
  target,
  lane,
  outcome,
  startedMs,
  endedMs,
  stages,
  checks,
  findings,
}: RunRecord): string {
  const lines = [`${outcome.padEnd(9)} ${target}  ${lane}  ${endedMs - startedMs} ms`];
  for (const { stage, outcome: how, detail } of stages) {
    if (how === "refused" || (how === "failed" && stage !== "checks"))
      lines.push(`          ${stage} ${how}: ${detail ?? ""}`);
  }
  for (const { check, outcome: how, problem } of checks) {
    if (how !== "ok" && how !== "skipped") lines.push(`          ${check} ${how}: ${problem?.message ?? ""}`);
  }
  for (const { state, severity, headline, site } of findings) {
    lines.push(`          ${state} ${severity}: ${headline}${site === "" ? "" : ` at ${site}`}`);
  }
  return `${lines.join("\n")}\n`;
}
