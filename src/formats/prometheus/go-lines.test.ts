import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, readCapture } from "../../../test/support/text-captures.ts";
import { decodePrometheusText } from "./decode.ts";
import { GoLineFilter } from "./go-lines.ts";
import { findGoRuntime } from "./go-runtime.ts";

function filter(...pieces: Uint8Array[]): string {
  const lines = new GoLineFilter();
  for (const piece of pieces) lines.push(piece);
  return new TextDecoder().decode(lines.finish());
}

test("what is kept of a real scrape tells the same of the runtime, but for the pauses' histogram", () => {
  const scrape = readCapture("metrics.txt");
  const kept = bytesOf(filter(scrape));
  expect(kept.length).toBeLessThan(scrape.length / 3);
  const { gcPauses: _, ...expected } = findGoRuntime(decodePrometheusText(scrape).samples);
  expect(findGoRuntime(decodePrometheusText(kept).samples)).toEqual(expected);
});

test("however it is cut into pieces, the same lines are kept", () => {
  const scrape = readCapture("metrics.txt");
  const whole = filter(scrape);
  fc.assert(
    fc.property(fc.array(fc.nat(scrape.length), { maxLength: 12 }), (cuts) => {
      const sorted = [0, ...cuts.sort((a, b) => a - b), scrape.length];
      expect(filter(...sorted.slice(1).map((end, n) => scrape.subarray(sorted[n], end)))).toBe(whole);
    }),
    { numRuns: 100 },
  );
});

test("other lines, comments, buckets, endless lines and a last line without end are left out", () => {
  const text = `# TYPE go_goroutines gauge\ngo_goroutines 3\ngolang 1\nprocess_x_bucket{le="1"} 2\nprocess_open_fds{a="b"} 4\nhttp_total 5\ngo_${"x".repeat(9000)} 1\ngo_threads 7\ngo_info 1`;
  const expected = 'go_goroutines 3\nprocess_open_fds{a="b"} 4\ngo_threads 7\n';
  expect(filter(bytesOf(text))).toBe(expected);
  expect(filter(...Array.from(bytesOf(text), (byte) => Uint8Array.of(byte)))).toBe(expected);
});
