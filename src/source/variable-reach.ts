import type { FunctionBody } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import type { Lifetime } from "./retained-store.ts";

/** The lifetime of a local variable that owns its value, seen from a use of it. */
export function lifetimeOfLocal(body: FunctionBody, declaration: number, use: number): Lifetime {
  const { tree } = body;
  // A handler made once keeps what it captured; main's variables live as long as the process.
  if (outermostLiteralBetween(body, declaration, use) !== NO_NODE) return "long";
  const { name, kind } = body.declaration;
  const literal = tree.findEnclosing(declaration, NodeKind.FuncLit);
  const inLoop = tree.findEnclosing(declaration, NodeKind.For, NodeKind.Range) !== NO_NODE;
  if (
    kind === "function" &&
    name === "main" &&
    body.file.packageName === "main" &&
    literal === NO_NODE &&
    !inLoop
  ) {
    return "long";
  }
  for (let at = tree.parent(use); at !== NO_NODE; at = tree.parent(at)) {
    const isLoop = tree.kind(at) === NodeKind.For || tree.kind(at) === NodeKind.Range;
    if (isLoop && !tree.isWithin(declaration, at)) return "loop";
  }
  return "call";
}

/** The outermost function literal around `use` that does not contain the declaration. */
export function outermostLiteralBetween({ tree }: FunctionBody, declaration: number, use: number): number {
  let found: number = NO_NODE;
  for (let at = tree.parent(use); at !== NO_NODE; at = tree.parent(at)) {
    if (tree.kind(at) !== NodeKind.FuncLit) continue;
    if (tree.isWithin(declaration, at)) break;
    found = at;
  }
  return found;
}

/** True for a name that is written, not read: `x = …`, and the x of `x.f = …` or `x[i] = …`. */
function isAssignmentTarget({ tree }: FunctionBody, use: number): boolean {
  let at = use;
  for (;;) {
    const parent = tree.parent(at);
    if (parent === NO_NODE) return false;
    switch (tree.kind(parent)) {
      case NodeKind.Selector:
      case NodeKind.Index:
        if (tree.firstChild(parent) !== at) return false;
        break;
      case NodeKind.Paren:
      case NodeKind.Unary:
        break;
      case NodeKind.ExpressionList: {
        const statement = tree.parent(parent);
        if (statement === NO_NODE || tree.firstChild(statement) !== parent) return false;
        return tree.kind(statement) === NodeKind.Assign || tree.kind(statement) === NodeKind.Range;
      }
      default:
        return false;
    }
    at = parent;
  }
}

/** More uses of one variable than this are not looked at; code that people write has a few. */
const MAX_USES = 300;
const MAX_OVERWRITES = 16;

/**
 * The uses of a local variable that may see the value it got at `definition`: those behind it that no other assignment
 * certainly comes before, those in the next turn of a loop, and those in literals, which may run at any time. With
 * `seesEarlier` those before it too: for a change to what the variable points at.
 */
export function findReachedUses(
  body: FunctionBody,
  declaration: number,
  definition: number,
  seesEarlier = false,
): number[] {
  const { tree, bindings } = body;
  const uses = bindings.uses(declaration);
  const from = tree.first(definition);
  const reached: number[] = [];
  /** Assignments behind the definition, with the block in which nothing after them sees the old value. */
  const overwrites: { statement: number; block: number }[] = [];
  const defining = findAssignmentOf(body, definition);
  let looked = 0;
  for (const use of uses) {
    if (looked >= MAX_USES) break;
    if (use === definition) continue;
    looked++;
    // The right side of `x = f(x)` sees the old value.
    const isBefore = tree.first(use) < from || (defining !== NO_NODE && tree.isWithin(use, defining));
    if (isBefore) {
      const isReached = seesEarlier
        ? !isAssignmentTarget(body, use)
        : reachesBackward(body, declaration, definition, use);
      if (isReached) reached.push(use);
      continue;
    }
    const statement = findAssignmentOf(body, use);
    const isOverwritten = overwrites.some(
      (other) => tree.isWithin(use, other.block) && !tree.isWithin(use, other.statement),
    );
    if (!isOverwritten && !isAssignmentTarget(body, use)) reached.push(use);
    if (statement === NO_NODE || isOverwritten || overwrites.length >= MAX_OVERWRITES) continue;
    const block = tree.parent(statement);
    // The right side of the assignment still sees the old value, but Go evaluates it first: it was seen above.
    overwrites.push({ statement, block });
    if (tree.isWithin(declaration, block) && outermostLiteralBetween(body, declaration, use) === NO_NODE)
      break;
  }
  return reached;
}

/** A use before the definition sees its value in the next turn of a loop, or if it is in a literal. */
function reachesBackward(body: FunctionBody, declaration: number, definition: number, use: number): boolean {
  const { tree } = body;
  if (isAssignmentTarget(body, use)) return false;
  if (outermostLiteralBetween(body, declaration, use) !== NO_NODE) return true;
  for (let at = tree.parent(use); at !== NO_NODE; at = tree.parent(at)) {
    const isLoop = tree.kind(at) === NodeKind.For || tree.kind(at) === NodeKind.Range;
    if (isLoop && tree.isWithin(definition, at)) return !tree.isWithin(declaration, at);
  }
  return false;
}

/** The statement that assigns the variable as a whole, if the use is its target. */
function findAssignmentOf({ tree }: FunctionBody, use: number): number {
  const list = tree.parent(use);
  if (list === NO_NODE || tree.kind(list) !== NodeKind.ExpressionList) return NO_NODE;
  const statement = tree.parent(list);
  const isTarget =
    statement !== NO_NODE && tree.kind(statement) === NodeKind.Assign && tree.firstChild(statement) === list;
  return isTarget ? statement : NO_NODE;
}
