import type { BlockState } from "../analysis/block-state.ts";
import type { GoroutineGroup } from "../analysis/goroutine-growth.ts";
import { quantity } from "../lib/quantity.ts";
import { findBlockingStatement } from "../source/goroutine-source.ts";
import type { PatternId } from "./catalogue.ts";
import type { Evidence } from "./evidence.ts";
import { judgeGroup, rateOfGroup } from "./judgement.ts";
import type { Candidate } from "./pattern.ts";
import { type Statement, statement } from "./statement.ts";

export interface BlockedGoroutinesRule {
  pattern: PatternId;
  state: BlockState;
  fix(group: GoroutineGroup): Statement[];
}

/**
 * One candidate for each group in the rule's state that grows and stays. Groups of library goroutines only (the
 * HTTP server's connections, say) have no line of the user's own to name and are left to the resource patterns.
 */
export function judgeBlockedGoroutines(rule: BlockedGoroutinesRule, evidence: Evidence): Candidate[] {
  const { goroutines } = evidence;
  if (goroutines === undefined) return [];
  const candidates: Candidate[] = [];
  for (const group of goroutines.groups) {
    if (group.state !== rule.state) continue;
    if (group.origin !== "own" && group.origin !== "third-party") continue;
    const judgement = judgeGroup(group);
    if (judgement === undefined) continue;
    const rate = rateOfGroup(group);
    candidates.push({
      claims: { clusters: [], groups: [group] },
      finding: {
        pattern: rule.pattern,
        state: judgement.state,
        severity: judgement.severity,
        confidence: judgement.confidence,
        site: group.site,
        callers: group.callers.slice(0, 5),
        headline: statement("headline-goroutines-blocked", {
          state: group.state,
          site: group.site,
          rate: rate?.estimate ?? quantity(Number.NaN, "count/s"),
        }),
        ...(rate === undefined ? {} : { rate }),
        evidence: [...judgement.evidence, ...describeSource(group, evidence.source)],
        consequences: [],
        fix: rule.fix(group),
        next: judgement.next,
        series: [{ label: "goroutines", unit: "count", seconds: goroutines.seconds, value: group.count }],
      },
    });
  }
  return candidates;
}

function describeSource(group: GoroutineGroup, source: ReadonlyMap<string, string> | undefined): Statement[] {
  const blocking = source === undefined ? undefined : findBlockingStatement(source, group.site);
  if (blocking === undefined) return [];
  const result = [statement("source-blocks", { text: blocking.text, site: group.site })];
  if (blocking.kind === "select" && blocking.hasDoneCase === false) {
    result.push(statement("source-select-without-done", { site: group.site }));
  }
  if (blocking.madeAt !== undefined) {
    const { file, line } = blocking.madeAt;
    result.push(
      statement("source-channel-made", {
        text: blocking.madeAt.capacity ?? "",
        site: { function: "", file, line },
      }),
    );
  }
  return result;
}
