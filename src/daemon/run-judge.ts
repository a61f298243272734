import { judgeFinding, judgeResult } from "../patrol/alerting/judge.ts";
import type { Observation } from "../patrol/alerting/observation.ts";
import type { RunJudge } from "../patrol/run/run-life.ts";
import type { Generation } from "./generation.ts";
import type { World } from "./world.ts";

/** Judges runs by the rules of one generation. */
export function createRunJudge(
  { rules }: Generation,
  { board, suspicion, sender }: Pick<World, "board" | "suspicion" | "sender">,
): RunJudge {
  return {
    judge: ({ target, checks, findings, atMs }) => {
      const about = { target: target.id, labels: target.labels, atMs };
      const seen: Observation[] = [];
      for (const { config, result } of checks) {
        seen.push(...judgeResult(config, rules.get(config.name) ?? [], about, result));
      }
      // A hint is in the record; nobody is woken for it.
      for (const finding of findings) {
        if (finding.severity !== "info") seen.push(judgeFinding(finding, target.labels));
      }
      const events = seen.flatMap((observation) => board.observe(observation));
      suspicion.noteRules(target.id, seen);
      return { events, unstored: board.takeChanges() };
    },
    giveBack: (unstored) => board.giveBack(unstored),
    notify: (events) => {
      sender.wake();
      return events.length === 0 ? null : `${events.length} changes of alerts handed over`;
    },
  };
}
