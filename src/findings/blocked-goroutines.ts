import type { BlockState } from "../analysis/block-state.ts";
import type { CodeSite } from "../analysis/code-site.ts";
import type { GoroutineGroup } from "../analysis/goroutine-growth.ts";
import { type Quantity, quantity } from "../lib/quantity.ts";
import { type BlockingStatement, findBlockingStatement } from "../source/goroutine-source.ts";
import type { PatternId } from "./catalogue.ts";
import type { Evidence } from "./evidence.ts";
import { findStarter } from "./goroutine-starter.ts";
import { judgeGroup, rateOfGroup } from "./group-judgement.ts";
import { clampConfidence } from "./judgement.ts";
import type { Candidate } from "./pattern.ts";
import { type Statement, statement } from "./statement.ts";

/** A blocked group, the line of the program's own that answers for it, and what the source says of that line. */
export interface BlockedGroup {
  group: GoroutineGroup;
  site: CodeSite;
  /** False if only library code is on the stack: `site` is then where the program started that library's work. */
  isOnStack: boolean;
  blocking: BlockingStatement | undefined;
  source: ReadonlyMap<string, string> | undefined;
  /** All groups there are, this one among them. */
  groups: readonly GoroutineGroup[];
}

/** What a pattern's own evidence adds to the judgement. */
export interface BlockedExamination {
  evidence: Statement[];
  /** By how much it moves the confidence. */
  confidence: number;
  /** The cause stands elsewhere: its line, and the headline that says so for a rate. */
  cause?: { site: CodeSite; callers: CodeSite[]; headline(rate: Quantity): Statement } | undefined;
}

export interface BlockedGoroutinesRule {
  pattern: PatternId;
  states: readonly BlockState[];
  fix(blocked: BlockedGroup): Statement[];
  examine?(blocked: BlockedGroup): BlockedExamination;
}

/**
 * One candidate for each group in the rule's states that grows and stays. Where the stack is a library's from end to
 * end, the program's function that started it is named; where none can be told, the group is left to the patterns of
 * that library.
 */
export function judgeBlockedGoroutines(rule: BlockedGoroutinesRule, evidence: Evidence): Candidate[] {
  const { goroutines, source } = evidence;
  if (goroutines === undefined) return [];
  const candidates: Candidate[] = [];
  for (const group of goroutines.groups) {
    if (!rule.states.includes(group.state)) continue;
    const judgement = judgeGroup(group);
    if (judgement === undefined) continue;
    const blocked = attribute(group, goroutines.groups, source);
    if (blocked === undefined) continue;
    const rate = rateOfGroup(group);
    const examined: BlockedExamination = rule.examine?.(blocked) ?? { evidence: [], confidence: 0 };
    const { cause } = examined;
    const values = { state: group.state, rate: rate?.estimate ?? quantity(Number.NaN, "count/s") };
    candidates.push({
      claims: { clusters: [], groups: [group] },
      finding: {
        pattern: rule.pattern,
        state: judgement.state,
        severity: judgement.severity,
        confidence: clampConfidence(judgement.confidence + examined.confidence),
        site: cause?.site ?? blocked.site,
        callers: (cause?.callers ?? (blocked.isOnStack ? group.callers : [])).slice(0, 5),
        headline: cause?.headline(values.rate) ?? sayHeadline(blocked, values),
        ...(rate === undefined ? {} : { rate }),
        evidence: [...judgement.evidence, ...describeSource(blocked), ...examined.evidence],
        consequences: [],
        fix: rule.fix(blocked),
        next: judgement.next,
        series: [{ label: "goroutines", unit: "count", seconds: goroutines.seconds, value: group.count }],
      },
    });
  }
  return candidates;
}

function sayHeadline(
  { group, site, isOnStack }: BlockedGroup,
  values: { state: BlockState; rate: Quantity },
): Statement {
  return isOnStack
    ? statement("headline-goroutines-blocked", { ...values, site })
    : statement("headline-goroutines-started", { ...values, site, entry: group.site });
}

function attribute(
  group: GoroutineGroup,
  groups: readonly GoroutineGroup[],
  source: ReadonlyMap<string, string> | undefined,
): BlockedGroup | undefined {
  if (group.origin === "own" || group.origin === "third-party") {
    const blocking = source === undefined ? undefined : findBlockingStatement(source, group.site);
    return { group, site: group.site, isOnStack: true, blocking, source, groups };
  }
  const site = findStarter(group, groups);
  return site === undefined
    ? undefined
    : { group, site, isOnStack: false, blocking: undefined, source, groups };
}

function describeSource({ group, blocking }: BlockedGroup): Statement[] {
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
