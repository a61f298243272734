import type { FunctionBody, SourceFrame } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { findMentions } from "./mentions.ts";
import { findPlace } from "./place.ts";
import { getSymbols } from "./retention-path.ts";
import { declaredName } from "./runtime-name.ts";
import { enclosingStatement, lineOf, statementText, textOf } from "./statement-text.ts";
import type { Symbols } from "./symbols.ts";

/** A timer or ticker that a function makes. */
export interface TimerUse {
  /** "After", "AfterFunc", "NewTimer", "NewTicker", "Tick". */
  kind: string;
  /** As declared: "(*Store).Put". */
  function: string;
  file: string;
  line: number;
  text: string;
  /** As written: "10*time.Minute". */
  duration: string;
  /** False if nothing in the package stops it: its result is thrown away, or Stop is not called on it. */
  isStopped: boolean;
  /** Names that occur in the function it runs: "o", "release". Empty but for AfterFunc. */
  names: ReadonlySet<string>;
}

const MAKES_TIMER = /^time\.(After|AfterFunc|NewTimer|NewTicker|Tick)$/;

/** The timers that a frame's function makes, in source order. Empty if the source is not at hand or not what ran. */
export function findTimers(files: ReadonlyMap<string, string>, frame: SourceFrame): TimerUse[] {
  const symbols = getSymbols(files);
  const body = symbols.sources.findFrame(frame);
  if (body === undefined) return [];
  const timers: TimerUse[] = [];
  for (let node = 0; node < body.tree.count; node++) {
    if (body.tree.kind(node) !== NodeKind.Call || body.tree.parent(node) === NO_NODE) continue;
    const target = symbols.resolveCall(body, node);
    const kind = target.kind === "external" ? MAKES_TIMER.exec(target.name)?.[1] : undefined;
    if (kind === undefined) continue;
    const duration = body.tree.child(node, 1);
    timers.push({
      kind,
      function: declaredName(body.declaration),
      file: body.file.path,
      line: lineOf(body, node),
      text: statementText(body, enclosingStatement(body, node)),
      duration: duration === NO_NODE ? "" : textOf(body, duration),
      isStopped: isStopped(symbols, body, node),
      names: kind === "AfterFunc" ? namesWithin(symbols, body, body.tree.child(node, 2)) : new Set(),
    });
  }
  return timers.sort((a, b) => a.line - b.line);
}

function isStopped(symbols: Symbols, body: FunctionBody, call: number): boolean {
  const { tree } = body;
  const above = tree.parent(call);
  switch (tree.kind(above)) {
    case NodeKind.ExpressionStatement:
      return false;
    case NodeKind.KeyValue:
      return isStoppedPlace(symbols, body, tree.firstChild(above));
    case NodeKind.ExpressionList: {
      const assign = tree.parent(above);
      if (tree.kind(assign) !== NodeKind.Assign) return true;
      return isStoppedPlace(symbols, body, tree.child(tree.firstChild(assign), tree.childIndex(call)));
    }
    default:
      // Handed on, or received from where it stands: time.After and time.Tick have no Stop.
      return false;
  }
}

/** `x.Stop()` or `x.Reset(…)` anywhere in the package; a timer handed on is taken to be stopped there. */
function isStoppedPlace(symbols: Symbols, body: FunctionBody, target: number): boolean {
  if (target === NO_NODE) return true;
  const place =
    body.tree.kind(body.tree.parent(target)) === NodeKind.KeyValue
      ? undefined
      : findPlace(symbols, body, target)?.place;
  const name = symbols.nameOf(body, target);
  if (place?.kind !== "local") return isFieldStopped(symbols, body, name);
  return findMentions(symbols, place).some(({ body: other, node }) => {
    if (node === target) return false;
    const { tree } = other;
    const above = tree.parent(node);
    if (tree.kind(above) === NodeKind.Selector) return isStopCall(symbols, other, above);
    const isHandedOn =
      tree.kind(above) === NodeKind.KeyValue ||
      tree.kind(above) === NodeKind.ExpressionList ||
      tree.kind(above) === NodeKind.Call;
    return isHandedOn;
  });
}

/** `h.expiry.Stop()` on any value of the package: the field's name is enough. */
function isFieldStopped(symbols: Symbols, body: FunctionBody, name: string): boolean {
  for (const file of symbols.sources.getPackage(body.file).files) {
    for (const declaration of file.functions) {
      const other = symbols.sources.getBody(file, declaration);
      for (let node = 0; node < other.tree.count; node++) {
        if (other.tree.kind(node) !== NodeKind.Selector || other.tree.parent(node) === NO_NODE) continue;
        const operand = other.tree.firstChild(node);
        if (operand === NO_NODE || symbols.nameOf(other, operand) !== name) continue;
        if (isStopCall(symbols, other, node)) return true;
      }
    }
  }
  return false;
}

function isStopCall(symbols: Symbols, body: FunctionBody, selector: number): boolean {
  const name = symbols.nameOf(body, selector);
  return name === "Stop" || name === "Reset";
}

function namesWithin(symbols: Symbols, body: FunctionBody, root: number): Set<string> {
  const names = new Set<string>();
  if (root === NO_NODE) return names;
  for (let node = 0; node < body.tree.count; node++) {
    const kind = body.tree.kind(node);
    if (kind !== NodeKind.Ident && kind !== NodeKind.FieldName) continue;
    if (node === root || body.tree.isWithin(node, root)) names.add(symbols.nameOf(body, node));
  }
  return names;
}
