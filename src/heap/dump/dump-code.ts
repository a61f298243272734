import type { HeapDump } from "../../formats/heap-dump/heap-dump.ts";
import type { CodePlace, CodeTable } from "../runtime/function-table.ts";

/** Without the executable only functions that stand on some stack have a name, and lines are not known. */
export function codeOfFrames({ frames }: HeapDump): CodeTable {
  const names = new Map<number, string>();
  for (const { pc, name } of frames) names.set(pc, name);
  return {
    functionAt: () => undefined,
    placesAt(pc): CodePlace[] {
      // Places of callers are asked for one byte before the return address.
      const name = names.get(pc) ?? names.get(pc + 1);
      return name === undefined ? [] : [{ function: name, file: "", line: 0 }];
    },
  };
}
