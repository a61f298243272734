import { quantity } from "../../lib/quantity.ts";
import type { Finding } from "../finding.ts";
import { judgeGroup, rateOfGroup } from "../group-judgement.ts";
import { findHttpCaller } from "../http-caller.ts";
import { claimHttpClusters, isHttpConnection, isReadLoop } from "../http-connections.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { statement } from "../statement.ts";

/**
 * Response bodies that are neither read to the end nor closed. Each keeps its connection with two goroutines:
 * `(*persistConn).readLoop` waits in a *select* for the body to end, `writeLoop` for the next request. An idle
 * pooled connection waits in IO instead, which is how the two are told apart (net/http/transport.go).
 */
export const httpBody: Pattern = {
  id: "resource/http-body",
  judge(evidence) {
    const { goroutines } = evidence;
    const readLoop = goroutines?.groups.find((g) => isReadLoop(g) && g.state === "select");
    if (goroutines === undefined || readLoop === undefined) return [];
    const judgement = judgeGroup(readLoop);
    if (judgement === undefined) return [];
    const caller = evidence.heap === undefined ? undefined : findHttpCaller(evidence.heap, evidence.source);
    const rate = rateOfGroup(readLoop);
    const rateNow = rate?.estimate ?? quantity(Number.NaN, "count/s");
    const finding: Finding = {
      pattern: "resource/http-body",
      state: caller === undefined && judgement.state === "confirmed" ? "suspected" : judgement.state,
      severity: judgement.severity,
      confidence: caller === undefined ? Math.min(0.7, judgement.confidence) : judgement.confidence,
      ...(caller === undefined ? {} : { site: caller.site }),
      callers: caller?.callers.slice(0, 5) ?? [],
      headline:
        caller === undefined
          ? statement("headline-http-body-unknown-site", { rate: rateNow })
          : statement("headline-http-body", { site: caller.site, rate: rateNow }),
      ...(rate === undefined ? {} : { rate }),
      evidence: [
        statement("http-read-loops", {
          from: quantity(readLoop.trend.first, "count"),
          to: quantity(readLoop.trend.last, "count"),
        }),
        ...judgement.evidence,
        ...(caller?.evidence ?? []),
      ],
      consequences: [],
      fix: [statement("fix-body-close", {}), statement("fix-body-drain", {})],
      next: caller === undefined ? [statement("next-symbols", {})] : judgement.next,
      series: [{ label: "connections", unit: "count", seconds: goroutines.seconds, value: readLoop.count }],
    };
    // The finding's own group first: the others are told as its consequences.
    const others = goroutines.groups.filter(
      (g) => g !== readLoop && isHttpConnection(g) && g.trend.last > g.trend.first,
    );
    const claimed = [readLoop, ...others];
    const candidate: Candidate = {
      finding,
      claims: { clusters: claimHttpClusters(evidence, caller?.site, []), groups: claimed },
    };
    return [candidate];
  },
};
