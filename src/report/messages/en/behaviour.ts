import type { BehaviourStatements } from "../../../findings/statements/behaviour.ts";
import { at, q, type WordingOf } from "../wording.ts";
import { operation } from "./words.ts";

export const behaviour: WordingOf<BehaviourStatements> = {
  "headline-malloc-burst": (v) =>
    `Allocations rose at once from ${q(v.from)} to ${q(v.to)}, ${q(v.at)} into the window, and stayed there.`,
  "headline-malloc-burst-site": (v) =>
    `Allocations rose at once from ${q(v.from)} to ${q(v.to)}, ${q(v.at)} into the window, and stayed there; most of it comes from ${at(v.site)}.`,
  "allocation-step": (v) =>
    `Allocation rate before: ${q(v.from)}; since: ${q(v.to)} in ${q(v.objects)} objects, ${q(v.score)} standard deviations above the median before.`,
  "burst-site": (v) =>
    `${at(v.site)} ${operation(v.operation)}: ${q(v.rate)} since then, ${q(v.share)} of the step; it allocated before, too.`,
  "burst-site-new": (v) =>
    `${at(v.site)} ${operation(v.operation)}: ${q(v.rate)} since then, ${q(v.share)} of the step, and next to nothing before.`,
  "fix-burst-cause": () =>
    "Find what began then: a job, a client, a deployment, a cache that emptied. The sites above are on its way.",
  "fix-burst-stream": () =>
    "If it is to be so, let it stream: reuse one buffer, work in pieces, and limit how much of it runs at once.",
};
