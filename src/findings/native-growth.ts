import { quantity } from "../lib/quantity.ts";
import type { Evidence } from "./evidence.ts";
import { type Statement, statement } from "./statement.ts";

/** Memory that the Go runtime holds, first sample to last: what does not explain growth outside of it. */
export function describeGoMemory({ memoryClasses }: Evidence): Statement[] {
  const first = memoryClasses[0];
  const last = memoryClasses.at(-1);
  if (first === undefined || last === undefined) return [];
  const held = ({ classes }: typeof first) => quantity(classes.total - classes.heapReleased, "bytes");
  return [statement("go-memory-steady", { from: held(first), to: held(last) })];
}
