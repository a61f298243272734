import { skipBlanks } from "../../lib/ascii.ts";
import { LineScanner } from "../../lib/text-lines.ts";
import { isDescription } from "./decode.ts";
import { findSample } from "./sample-line.ts";

const HASH = 0x23;
/** Lines that must all be samples where no `# TYPE` or `# HELP` tells; "listening 8080" alone could be one. */
const LINES_TO_TRY = 5;
const LEAST_LINES = 2;

/** "described" if the text begins with `# HELP`, `# TYPE` or a sample before one of these, "plain" if only with samples. */
export function sniffPrometheusText(head: Uint8Array): "described" | "plain" | undefined {
  const lines = new LineScanner(head);
  let samples = 0;
  while (samples < LINES_TO_TRY && lines.next()) {
    const start = skipBlanks(head, lines.start, lines.end);
    if (start === lines.end) continue;
    if (head[start] === HASH) {
      if (isDescription(head, start, lines.end)) return "described";
    } else if (findSample(head, start, lines.end) !== undefined) {
      samples++;
    } else {
      return undefined;
    }
  }
  return samples >= LEAST_LINES ? "plain" : undefined;
}
