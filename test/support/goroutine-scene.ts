import { computeGoroutineGrowth } from "../../src/analysis/goroutine-growth.ts";
import type { Evidence } from "../../src/findings/evidence.ts";
import { decodeGoroutineDumps } from "../../src/formats/goroutine-dump/decode.ts";
import type { GoroutineTable } from "../../src/tables/goroutine-table.ts";
import { NO_EVIDENCE } from "./no-evidence.ts";

export interface Parked {
  /** "IO wait, 3 minutes" */
  state: string;
  /** Leaf first: "net.(*conn).Read@/usr/local/go/src/net/net.go:196", "main.serve:12". */
  stack: string[];
  createdBy?: string;
  ids: number[];
}

/** A dump as Go prints it. Functions without a file lie in /src/<package>/<package>.go. */
export function renderDump(goroutines: readonly Parked[]): string {
  return goroutines
    .flatMap(({ state, stack, createdBy, ids }) =>
      ids.map(
        (id) =>
          `goroutine ${id} [${state}]:\n${stack.map((frame) => renderFrame(frame, "(0x1)")).join("")}` +
          (createdBy === undefined ? "" : `created by ${renderFrame(createdBy, " in goroutine 1")}`),
      ),
    )
    .join("\n");
}

function renderFrame(frame: string, behind: string): string {
  const [, name, file, line] = /^(.*?)(?:@(.*))?:(\d+)$/.exec(frame)!;
  const folder = name!.slice(name!.lastIndexOf("/") + 1).split(".")[0];
  return `${name}${behind}\n\t${file ?? `/src/${folder}/${folder}.go`}:${line} +0x1d\n`;
}

function dumpOf(goroutines: readonly Parked[]): GoroutineTable {
  return decodeGoroutineDumps(new TextEncoder().encode(renderDump(goroutines))).dumps[0]!.table;
}

/** The numbers from `from` up to and without `to`. */
export const idsFrom = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

/** Evidence of dumps 5 s apart, with nothing else but what is given. */
export function evidenceOfDumps(
  dumps: readonly (readonly Parked[])[],
  rest: Partial<Evidence> = {},
): Evidence {
  return {
    ...NO_EVIDENCE,
    goroutines: computeGoroutineGrowth(
      dumps.map((goroutines, k) => ({ seconds: 5 * k, dump: dumpOf(goroutines) })),
      {},
    ),
    ...rest,
  };
}
