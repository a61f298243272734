import type { CodeSite } from "../analysis/code-site.ts";
import type { HeapGrowth } from "../analysis/heap-growth.ts";
import { type NodeIndex, ROOT } from "../analysis/stack-interner.ts";
import { estimate } from "../lib/quantity.ts";
import { type BodyClose, findBodyClose } from "../source/body-close.ts";
import { type Statement, statement } from "./statement.ts";

const CLIENT_CALL =
  /^net\/http\.(\(\*Client\)\.(Do|do|Get|Post|Head|PostForm)|Get|Post|Head|PostForm|\(\*Transport\)\.RoundTrip)$/;

/** Whom to suspect first. Without source a call is as suspect as one that closes on some paths only. */
const CLOSING_RANK = { never: 0, "some-paths": 1, unknown: 1, always: 2 } as const;

interface HttpCaller {
  site: CodeSite;
  callers: CodeSite[];
  evidence: Statement[];
}

/**
 * The own line that calls the HTTP client. The connection's goroutines do not remember it, but every call allocates
 * on its way into net/http, so the heap profile's allocation columns do. Of several, the one whose source
 * leaves a body open, then the one with the most objects kept, then the most allocated.
 */
export function findHttpCaller(
  heap: HeapGrowth,
  source: ReadonlyMap<string, string> | undefined,
): HttpCaller | undefined {
  const first = heap.columns[0];
  const last = heap.columns[heap.columns.length - 1];
  if (first === undefined || last === undefined) return undefined;
  const found = new Map<
    string,
    { site: CodeSite; callers: CodeSite[]; kept: number; allocated: number; closing: BodyClose | undefined }
  >();
  const isClientCall = heap.interner.frames().map((frame) => CLIENT_CALL.test(frame.function));
  for (let n = 1; n < heap.interner.nodeCount; n++) {
    const allocated = last.allocObjects[n]! - first.allocObjects[n]!;
    const kept = last.inuseObjects[n]! - first.inuseObjects[n]!;
    if (allocated <= 0 && kept <= 0 && last.allocObjects[n]! <= 0) continue;
    const call = findClientCall(heap, isClientCall, n as NodeIndex);
    if (call === undefined) continue;
    const key = `${call.site.function}\0${call.site.line}`;
    const entry = found.get(key) ?? {
      ...call,
      kept: 0,
      allocated: 0,
      closing: source === undefined ? undefined : findBodyClose(source, call.site),
    };
    entry.kept += kept;
    entry.allocated += Math.max(allocated, 0.001 * last.allocObjects[n]!);
    found.set(key, entry);
  }
  const ranked = [...found.values()].sort(
    (a, b) =>
      CLOSING_RANK[a.closing?.closed ?? "unknown"] - CLOSING_RANK[b.closing?.closed ?? "unknown"] ||
      b.kept - a.kept ||
      b.allocated - a.allocated,
  );
  const best = ranked[0];
  if (best === undefined) return undefined;
  const evidence = [
    statement("http-call-site", { site: best.site, calls: estimate(Math.round(best.allocated), "count") }),
  ];
  if (best.closing?.closed === "never") evidence.push(statement("source-no-body-close", { site: best.site }));
  if (best.closing?.closed === "some-paths") {
    const line = best.closing.returnLine;
    evidence.push(
      line > 0
        ? statement("source-return-before-close", { site: { ...best.site, line } })
        : statement("source-close-behind-loop", { site: best.site }),
    );
  }
  return { site: best.site, callers: best.callers, evidence };
}

/** First own frame outside of a net/http client call on the stack. */
function findClientCall(
  heap: HeapGrowth,
  isClientCall: readonly boolean[],
  node: NodeIndex,
): { site: CodeSite; callers: CodeSite[] } | undefined {
  let inClient = false;
  let site: CodeSite | undefined;
  const callers: CodeSite[] = [];
  for (let n = node; n !== ROOT; n = heap.interner.parentOf(n)) {
    const index = heap.interner.frameIndexOf(n);
    if (isClientCall[index]!) inClient = true;
    if (!inClient || heap.originOfFrame[index] !== "own") continue;
    const frame = heap.interner.frameOf(n);
    if (site === undefined) site = frame;
    else callers.push(frame);
  }
  return site === undefined ? undefined : { site, callers };
}
