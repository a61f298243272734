import type { GrowthCluster } from "../../analysis/growth-clusters.ts";
import type { HeapGrowth } from "../../analysis/heap-growth.ts";
import { type ContextCancel, findContextCancel } from "../../source/context-cancel.ts";
import { computeShare } from "../cluster-share.ts";
import type { Evidence } from "../evidence.ts";
import { clampConfidence, judgeCluster, rateOfCluster } from "../judgement.ts";
import { getLibraryCalls, type LibraryCall } from "../library-calls.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

/**
 * Contexts that are made and not cancelled. A context that can be cancelled is entered in its parent and stays there
 * until it is cancelled or its time is over (context.propagateCancel): below a parent that lives as long as the
 * program, for good.
 */
export const context: Pattern = {
  id: "resource/context",
  judge(evidence) {
    const { heap } = evidence;
    if (heap === undefined) return [];
    return evidence.clusters.flatMap((cluster) => judgeContexts(cluster, heap, evidence));
  },
};

const MAKES_CONTEXT = /^context\.(With(?:Cancel|Timeout|Deadline)(?:Cause)?|WithValue|AfterFunc)$/;
/** Most of a cluster must be contexts before it is put down to them. */
const CONTEXT_SHARE = 0.6;

function judgeContexts(cluster: GrowthCluster, heap: HeapGrowth, evidence: Evidence): Candidate[] {
  const { ofNode } = getLibraryCalls(heap);
  let largest: LibraryCall | undefined;
  const share = computeShare(cluster, heap, (node) => {
    const found = ofNode.get(node);
    if (found === undefined || !MAKES_CONTEXT.test(found.callee)) return false;
    if (largest === undefined || found.keptBytes > largest.keptBytes) largest = found;
    return true;
  });
  const judgement = share < CONTEXT_SHARE ? undefined : judgeCluster(cluster, evidence);
  if (largest === undefined || judgement === undefined) return [];
  const { site, callers, callee } = largest;
  const kind = callee.slice("context.".length);
  const cancel = evidence.source && findContextCancel(evidence.source, site);
  const rate = rateOfCluster(cluster);
  const isCertain = cancel?.cancel === "discarded" || cancel?.cancel === "unused";
  const confidence = judgement.confidence + (isCertain ? 0.1 : cancel?.cancel === "deferred" ? -0.2 : 0);
  return [
    {
      claims: { clusters: [cluster], groups: [] },
      finding: {
        pattern: "resource/context",
        state: judgement.state,
        severity: judgement.severity,
        confidence: clampConfidence(confidence),
        site,
        callers: callers.slice(0, 5),
        headline:
          kind === "WithValue"
            ? statement("headline-context-values", { site })
            : statement("headline-context", { kind, site }),
        ...(rate === undefined ? {} : { rate }),
        evidence: [...judgement.evidence, ...describeCancel(cancel, site.file)],
        consequences: [],
        fix: adviseFix(kind, cancel),
        next: judgement.next,
        series: [{ label: "retained", unit: "bytes", seconds: heap.seconds, value: cluster.inuseBytes }],
      },
    },
  ];
}

function describeCancel(cancel: ContextCancel | undefined, file: string): Statement[] {
  if (cancel === undefined) return [];
  const result = [statement("source-makes-context", { text: cancel.text, parent: cancel.parent })];
  const call = cancel.calls[0];
  switch (cancel.cancel) {
    case "discarded":
    case "unused":
      result.push(statement("source-cancel-never", {}));
      break;
    case "called":
    case "stored":
      result.push(
        call === undefined
          ? statement("source-cancel-stored", { field: cancel.field })
          : statement("source-cancel-called", {
              text: call.text,
              site: { function: "", file: call.file === "" ? file : call.file, line: call.line },
            }),
      );
      break;
  }
  return result;
}

function adviseFix(kind: string, cancel: ContextCancel | undefined): Statement[] {
  if (kind === "WithValue") return [statement("fix-context-nest", {})];
  if (kind === "AfterFunc") return [statement("fix-context-stop", {})];
  return [
    statement(cancel?.cancel === "stored" ? "fix-context-end" : "fix-context-cancel", {}),
    statement("fix-context-parent", {}),
  ];
}
