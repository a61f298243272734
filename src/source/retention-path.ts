import { describeContainerUse } from "./container-use.ts";
import type { FoundStore } from "./flow.ts";
import { GoSources, type SourceFrame } from "./go-sources.ts";
import { NodeKind } from "./go-syntax-tree.ts";
import { findPlace, placeName } from "./place.ts";
import { findRemovals, type Removal } from "./removals.ts";
import type { RetentionPath, RetentionStep, StoreStatement } from "./retained-store.ts";
import { declaredName } from "./runtime-name.ts";
import { lineOf, statementText, textOf } from "./statement-text.ts";
import { Symbols } from "./symbols.ts";
import { ValueFlow } from "./value-flow.ts";

/**
 * Finds the statement that keeps what a stack allocates.
 *
 * `files` maps paths to Go source (a go.mod among them helps to resolve imports); `frames` are the stack's own frames,
 * the leaf first, with library frames left out. Files are read when needed and kept for later calls with the same map.
 * Undefined if the leaf's source is not at hand or not the code that ran, or no store is found: nothing is guessed.
 */
export function traceRetention(
  files: ReadonlyMap<string, string>,
  frames: readonly SourceFrame[],
): RetentionPath | undefined {
  const leaf = frames[0];
  if (leaf === undefined) return undefined;
  const symbols = getSymbols(files);
  const flow = new ValueFlow(symbols, frames);
  const found = distinctStores(flow.findStores(0, leaf.line));
  const [first] = found;
  if (first === undefined) return undefined;
  const rivals = found.filter(({ tier }) => tier === first.tier).slice(0, MAX_RIVALS);
  const described = rivals.map((store) => ({ ...store, removals: findRemovalsOf(symbols, store) }));
  // Kept in two places, memory stays because of the one that nothing is taken from; and a part that is kept by itself
  // explains more than one inside a larger value.
  described.sort(
    (a, b) =>
      Number(a.removals.length > 0) - Number(b.removals.length > 0) ||
      Number(b.subslice && b.isBare) - Number(a.subslice && a.isBare) ||
      b.weight - a.weight,
  );
  const [best, ...others] = described;
  if (best === undefined) return undefined;
  return {
    steps: shortenSteps(best.steps),
    store: {
      ...describeStore(symbols, best),
      removals: best.removals,
      ...describeContainerUse(flow, best, best.removals),
    },
    otherStores: others.map((store) => describeStore(symbols, store)),
  };
}

const MAX_RIVALS = 6;
const MAX_STEPS = 16;

/** Of a long way the assignments in between are left out first, then its middle. */
function shortenSteps(steps: readonly RetentionStep[]): RetentionStep[] {
  if (steps.length <= MAX_STEPS) return [...steps];
  const turns = steps.filter(({ kind }, i) => kind !== "assign" || i < 2);
  if (turns.length <= MAX_STEPS) return turns;
  return [...turns.slice(0, MAX_STEPS / 2), ...turns.slice(-MAX_STEPS / 2)];
}

// Sources are kept as long as their map is: an inspection asks for many stacks of one program.
const symbolsOfFiles = new WeakMap<ReadonlyMap<string, string>, Symbols>();

export function getSymbols(files: ReadonlyMap<string, string>): Symbols {
  let symbols = symbolsOfFiles.get(files);
  if (symbols === undefined) {
    symbols = new Symbols(new GoSources(files));
    symbolsOfFiles.set(files, symbols);
  }
  return symbols;
}

/** One of the stores that stand in the same statement: the surest. */
function distinctStores(stores: readonly FoundStore[]): FoundStore[] {
  const seen = new Set<string>();
  return stores.filter(({ body, statement, tier }) => {
    const key = `${tier}:${body.file.path}:${body.tree.first(statement)}`;
    return !seen.has(key) && seen.add(key);
  });
}

function findRemovalsOf(symbols: Symbols, { body, target, statement }: FoundStore): Removal[] {
  const place = findPlace(symbols, body, target)?.place;
  if (place === undefined) return [];
  const line = lineOf(body, statement);
  return findRemovals(symbols, place, body.tree.kind(target) === NodeKind.Index).filter(
    // `x.f = fresh` is what we found, not what undoes it.
    (removal) => removal.kind !== "reset" || removal.line !== line || removal.file !== body.file.path,
  );
}

function describeStore(symbols: Symbols, found: FoundStore): StoreStatement {
  const { body, statement, target, kind, base, lifetime, subslice, isBare } = found;
  const place = findPlace(symbols, body, target)?.place;
  const type = symbols.typeOf(body, target)?.text;
  const targetText = textOf(body, target);
  return {
    kind,
    base,
    file: body.file.path,
    line: lineOf(body, statement),
    function: declaredName(body.declaration),
    text: statementText(body, statement),
    target: targetText,
    owner: place === undefined ? targetText : placeName(place),
    ...(type === undefined ? {} : { targetType: type }),
    lifetime,
    subslice,
    isBare,
  };
}
