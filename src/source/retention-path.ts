import { GoSources, type SourceFrame } from "./go-sources.ts";
import { findPlace, placeName } from "./place.ts";
import { findRemovals } from "./removals.ts";
import type { RetentionPath } from "./retained-store.ts";
import { declaredName } from "./runtime-name.ts";
import { lineOf, statementText, textOf } from "./statement-text.ts";
import { Symbols } from "./symbols.ts";
import { type FoundStore, ValueFlow } from "./value-flow.ts";

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
  const [best] = new ValueFlow(symbols, frames).findStores(0, leaf.line);
  return best === undefined ? undefined : describe(symbols, best);
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

function describe(symbols: Symbols, found: FoundStore): RetentionPath {
  const { body, statement, target, kind, lifetime, subslice, steps } = found;
  const place = findPlace(symbols, body, target)?.place;
  const type = symbols.typeOf(body, target)?.text;
  const targetText = textOf(body, target);
  return {
    steps,
    store: {
      kind,
      file: body.file.path,
      line: lineOf(body, statement),
      function: declaredName(body.declaration),
      text: statementText(body, statement),
      target: targetText,
      owner: place === undefined ? targetText : placeName(place),
      ...(type === undefined ? {} : { targetType: type }),
      lifetime,
      subslice,
      removals: place === undefined ? [] : findRemovals(symbols, place),
    },
  };
}
