import type { GoroutineGroup } from "../analysis/goroutine-growth.ts";
import type { HeapGrowth } from "../analysis/heap-growth.ts";
import type { NodeIndex } from "../analysis/stack-interner.ts";
import type { Profile } from "../tables/profile.ts";
import type { DecodedBundle, SampleEvidence } from "./decode-bundle.ts";

/** Inputs that cannot be compared: one sentence, and what to do. */
export class DiffError extends Error {
  override readonly name = "DiffError";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

export interface NamedBundle {
  name: string;
  decoded: DecodedBundle;
}

export function heapOf(sample: SampleEvidence): Profile | undefined {
  return sample.heap ?? sample.heapText;
}

export function hasHeap({ decoded }: NamedBundle): boolean {
  return decoded.samples.some((s) => heapOf(s) !== undefined);
}

export function hasGoroutines({ decoded }: NamedBundle): boolean {
  return decoded.samples.some((s) => s.goroutineProfile !== undefined || s.goroutineDump !== undefined);
}

export function checkComparable(inputs: readonly NamedBundle[]): void {
  const kinds = inputs.map((input) => [
    ...(hasHeap(input) ? ["heap profiles"] : []),
    ...(hasGoroutines(input) ? ["goroutines"] : []),
  ]);
  for (const [k, input] of inputs.entries()) {
    if (kinds[k]!.length > 0) continue;
    const why = input.decoded.damage[0];
    throw new DiffError(
      `${input.name} holds neither a heap profile nor goroutines${why === undefined ? "" : ` (${why.what})`}`,
      "give heap or goroutine profiles, goroutine dumps, or bundles of gopatrol capture",
    );
  }
  if (inputs.every(hasHeap) || inputs.every(hasGoroutines)) return;
  const [onlyHeap, onlyRoutines] = [inputs.find((i) => !hasGoroutines(i))!, inputs.find((i) => !hasHeap(i))!];
  throw new DiffError(
    `the inputs are not of one kind: ${onlyHeap.name} has only a heap, ${onlyRoutines.name} only goroutines`,
    "compare heap with heap, or goroutines with goroutines",
  );
}

export function findMainModule(decoded: DecodedBundle): string | undefined {
  return decoded.samples.map((s) => s.runtime?.mainModule).find((m) => m !== undefined);
}

/** Fewer own functions than this say little about which program it is. */
const LEAST_FUNCTIONS = 5;
/** Two captures of one program, busy or idle, have more of their own functions in common. */
const LEAST_COMMON = 0.2;

const OTHER_PROGRAM_HINT = "compare captures of one program, or inspect each by itself";

export function checkSameModule(
  inputs: readonly NamedBundle[],
  modules: readonly (string | undefined)[],
): void {
  const known = modules.flatMap((module, k) =>
    module === undefined ? [] : [{ module, name: inputs[k]!.name }],
  );
  const other = known.find(({ module }) => module !== known[0]!.module);
  if (other === undefined) return;
  throw new DiffError(
    `different programs: ${known[0]!.name} is ${known[0]!.module}, ${other.name} is ${other.module}`,
    OTHER_PROGRAM_HINT,
  );
}

/** Own functions that both ends show, as a share of the smaller number; 1 where too few are known to say. */
export function checkCommonFunctions(
  inputs: readonly NamedBundle[],
  heap: HeapGrowth | undefined,
  groups: readonly GoroutineGroup[],
): number {
  const [first, last] = [listOwnFunctions(heap, groups, 0), listOwnFunctions(heap, groups, -1)];
  const fewer = Math.min(first.size, last.size);
  if (fewer < LEAST_FUNCTIONS) return 1;
  const common = [...first].filter((name) => last.has(name)).length;
  if (common >= LEAST_COMMON * fewer) return common / fewer;
  throw new DiffError(
    `different programs: of ${first.size} own functions in ${inputs[0]!.name} and ${last.size} in ${inputs.at(-1)!.name} only ${common} are in both`,
    OTHER_PROGRAM_HINT,
  );
}

/** Own functions on all stacks of the first (0) or last (-1) moment. */
function listOwnFunctions(
  heap: HeapGrowth | undefined,
  groups: readonly GoroutineGroup[],
  moment: 0 | -1,
): Set<string> {
  const names = new Set<string>();
  const column = heap?.columns.at(moment);
  if (heap !== undefined && column !== undefined) {
    const { interner, originOfFrame } = heap;
    const isSeen = new Uint8Array(interner.nodeCount);
    // Callers come before what they call: one pass from the leaves marks all stacks.
    for (let n = interner.nodeCount - 1; n > 0; n--) {
      const node = n as NodeIndex;
      if (isSeen[n] === 0 && column.inuseBytes[n] === 0 && column.allocBytes[n] === 0) continue;
      isSeen[interner.parentOf(node)] = 1;
      if (originOfFrame[interner.frameIndexOf(node)] === "own") names.add(interner.frameOf(node).function);
    }
  }
  for (const { count, origin, site, callers } of groups) {
    if (!(count.at(moment)! > 0)) continue;
    if (origin === "own") names.add(site.function);
    for (const frame of callers) names.add(frame.function);
  }
  // Every program has these.
  for (const name of names) if (/^main\.main\b/.test(name)) names.delete(name);
  return names;
}
