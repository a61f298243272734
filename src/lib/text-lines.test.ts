import fc from "fast-check";
import { expect, test } from "vitest";
import { LineScanner } from "./text-lines.ts";

test("lines are what split() gives, and a last one without newline is told", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "é", "\n", "\r", "\r\n", " ")), (parts) => {
      const text = parts.join("");
      const lines = new LineScanner(new TextEncoder().encode(text));
      const found: string[] = [];
      let isTerminated = true;
      while (lines.next()) {
        expect(isTerminated).toBe(true);
        found.push(new TextDecoder().decode(lines.bytes.subarray(lines.start, lines.end)));
        isTerminated = lines.isTerminated;
      }
      const expected = text.split("\n");
      expect(isTerminated).toBe(expected.at(-1) === "");
      if (isTerminated) expected.pop();
      expect(found).toEqual(
        expected.map((line, i) => (i < expected.length - 1 || isTerminated ? line.replace(/\r$/, "") : line)),
      );
    }),
  );
});
