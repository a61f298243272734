import { setFlagsFromString } from "node:v8";

/** Slots of the heap from which V8's optimising compiler earns what it costs. */
const MANY_SLOTS = 1_000_000;

/** `gopatrol heap` begins without TurboFan (bin/gopatrol). Takes it back if there is much to do. */
export function compileFor(slots: number): void {
  if (slots > MANY_SLOTS) setFlagsFromString("--opt");
}
