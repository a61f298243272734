import type { GodebugSink } from "../../tables/godebug-log.ts";
import { GodebugLogDecoder } from "./decode.ts";

const NO_SINK: GodebugSink = {
  cycle() {},
  scavenge() {},
  pacer() {},
  scheduler() {},
  packageInit() {},
  scan() {},
};

/** Whether there is a line in `bytes` that GODEBUG made the runtime print; "ancient" for those of Go 1.0 to 1.4. */
export function sniffGodebugLog(bytes: Uint8Array): "known" | "ancient" | undefined {
  const decoder = new GodebugLogDecoder(NO_SINK);
  decoder.push(bytes);
  decoder.finish();
  if (decoder.lines > 0) return "known";
  return decoder.ancientLines > 0 ? "ancient" : undefined;
}
