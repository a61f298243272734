import type { GoroutineGrowth } from "../analysis/goroutine-growth.ts";
import type { HeapGrowth } from "../analysis/heap-growth.ts";
import type { SampleEvidence } from "./decode-bundle.ts";

/**
 * The target's Go version: from go_info where metrics are served, else from the paths of runtime files, which name
 * it when the toolchain came through the module proxy or from a distribution. Undefined if nothing tells.
 */
export function findGoVersion(
  samples: readonly SampleEvidence[],
  heap: HeapGrowth | undefined,
  goroutines: GoroutineGrowth | undefined,
): string | undefined {
  const stated = samples.map((s) => s.runtime?.goVersion).find((v) => v !== undefined);
  if (stated !== undefined) return stated;
  const files = [
    ...(heap === undefined ? [] : Array.from(heap.interner.frames(), (frame) => frame.file)),
    ...(goroutines?.groups.flatMap((g) => g.stack.map((frame) => frame.file)) ?? []),
  ];
  for (const file of files) {
    const match = /(?:toolchain@v[\d.]+-|\/)go-?(1\.\d+(?:\.\d+|rc\d+)?)(?:\.\w+-\w+)?\/src\//.exec(file);
    if (match !== null) return `go${match[1]}`;
  }
  return undefined;
}
