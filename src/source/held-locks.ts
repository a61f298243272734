import type { FunctionBody, SourceFrame } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { findPlace, isSamePlace, type Place } from "./place.ts";
import { getSymbols } from "./retention-path.ts";
import { lineOf, textOf } from "./statement-text.ts";
import type { Symbols } from "./symbols.ts";

/** A frame at whose line its function holds the lock that another one waits for. */
export interface HeldLock {
  frame: SourceFrame;
  /** The Lock call before it: "s.mu.Lock()". */
  text: string;
  file: string;
  line: number;
}

interface LockCall {
  place: Place;
  node: number;
  line: number;
  isLock: boolean;
  isDeferred: boolean;
}

/**
 * Of the frames of other goroutines, the first that lies between Lock and Unlock of the lock that `waiter` waits for,
 * by the order of lines and blocks. The same lock is the same field of the same type (or the same package variable):
 * which value of that type it is the source cannot tell. Undefined if the source is not at hand or none holds it.
 */
export function findHeldLock(
  files: ReadonlyMap<string, string>,
  waiter: SourceFrame,
  frames: readonly SourceFrame[],
): HeldLock | undefined {
  const symbols = getSymbols(files);
  const waiting = symbols.sources.findFrame(waiter);
  if (waiting === undefined) return undefined;
  const wanted = listLockCalls(symbols, waiting).find(({ isLock, line }) => isLock && line === waiter.line);
  if (wanted === undefined) return undefined;
  for (const frame of frames) {
    const body = symbols.sources.findFrame(frame);
    if (body === undefined) continue;
    const lock = findLockAround(listLockCalls(symbols, body), body, frame.line, wanted.place);
    if (lock === undefined) continue;
    return { frame, text: textOf(body, lock.node), file: body.file.path, line: lock.line };
  }
  return undefined;
}

function findLockAround(
  calls: readonly LockCall[],
  body: FunctionBody,
  line: number,
  place: Place,
): LockCall | undefined {
  let held: LockCall | undefined;
  for (const call of calls) {
    if (call.line >= line || !isSamePlace(call.place, place) || !enclosesLine(body, call.node, line))
      continue;
    if (call.isLock && !call.isDeferred) held = call;
    else if (!call.isLock && !call.isDeferred) held = undefined;
  }
  return held;
}

/** Is the line in the block that the call stands in? One in a branch that ends says nothing of what follows it. */
function enclosesLine({ tree, file }: FunctionBody, node: number, line: number): boolean {
  const block = tree.findEnclosing(node, NodeKind.Block, NodeKind.CaseClause, NodeKind.CommClause);
  if (block === NO_NODE) return true;
  const { line: lines } = file.tokens;
  return (
    lines[tree.first(block)]! <= line && line <= lines[Math.max(tree.first(block), tree.end(block) - 1)]!
  );
}

/** Lock, RLock and their counterparts, in the order of the text. */
function listLockCalls(symbols: Symbols, body: FunctionBody): LockCall[] {
  const { tree } = body;
  const calls: LockCall[] = [];
  for (let node = 0; node < tree.count; node++) {
    if (tree.kind(node) !== NodeKind.Call || tree.parent(node) === NO_NODE) continue;
    const callee = tree.firstChild(node);
    if (tree.kind(callee) !== NodeKind.Selector) continue;
    const name = symbols.nameOf(body, callee);
    const isLock = name === "Lock" || name === "RLock";
    if (!isLock && name !== "Unlock" && name !== "RUnlock") continue;
    const place = findPlace(symbols, body, tree.firstChild(callee))?.place;
    if (place === undefined || place.kind === "local") continue;
    const isDeferred = tree.kind(tree.parent(node)) === NodeKind.Defer;
    calls.push({ place, node, line: lineOf(body, node), isLock, isDeferred });
  }
  return calls.sort((a, b) => tree.first(a.node) - tree.first(b.node));
}
