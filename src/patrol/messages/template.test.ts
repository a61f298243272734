import fc from "fast-check";
import { expect, test } from "vitest";
import { truncateUtf8 } from "../../lib/truncate-utf8.ts";
import "../../../test/support/property-seed.ts";
import { compileTemplate } from "./template.ts";

function render(
  source: string,
  data: unknown,
  escaping: "json" | "form" | "markup" | "none" = "none",
): string {
  const template = compileTemplate(source, escaping);
  if ("error" in template) throw new Error(template.error.message);
  return template.render(data);
}

test.each([
  ["{{a}} {{b.c}} {{d}}.", { a: 1, b: { c: "x" } }, "1 x ."],
  ["{{#each l}}{{n}}{{x}};{{/each}}", { l: [{ n: 1 }, { n: 2 }], x: "!" }, "1!;2!;"],
  ["{{#each l}}<{{.}}>{{/each}}", { l: ["a", "b"] }, "<a><b>"],
  ["{{#if n}}yes{{else}}no{{/if}}", { n: 0 }, "no"],
  ["{{#if l}}yes{{/if}}", { l: [] }, ""],
  ["{{json b}}", { b: { c: [1] } }, '{"c":[1]}'],
  ["{{constructor}}{{__proto__}}{{a.constructor}}", { a: "x" }, ""],
  ["{ {x} }", {}, "{ {x} }"],
])("%s", (source, data, text) => {
  expect(render(source, data)).toBe(text);
});

test.each([
  ["a {{#each x}}", "{{#each}} is not closed", 2],
  ["{{/if}}", "{{/if}} closes nothing", 0],
  ["{{else}}", "{{else}} belongs into an if, once", 0],
  ["{{#for x}}", "there is no block 'for'; there are each and if", 0],
  ["a {{ x.y( }}", "'x.y(' is not a path", 2],
  ["a {{ x", "{{ is not closed", 2],
])("%s is refused with its place", (source, message, start) => {
  expect(compileTemplate(source, "none")).toMatchObject({ error: { message, start } });
});

test("whatever a value is, a JSON body stays the JSON it was written as", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(JSON.parse(render('{"a":"{{x}}"}', { x: text }, "json"))).toEqual({ a: text });
    }),
  );
});

test("no source crashes the compiler, and nothing renders without end", () => {
  const part = fc.constantFrom(
    "{{",
    "}}",
    "{{#each l}}",
    "{{/each}}",
    "{{#if l}}",
    "{{else}}",
    "{{/if}}",
    "{{.}}",
    "{{l}}",
    "x",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      const template = compileTemplate(parts.join(""), "none");
      if ("error" in template) expect(template.error.end).toBeGreaterThanOrEqual(template.error.start);
      else expect(typeof template.render({ l: [1, 2] })).toBe("string");
    }),
  );
  const deep = `${"{{#each l}}".repeat(8)}x${"{{/each}}".repeat(8)}`;
  expect(() => render(deep, { l: Array(20).fill(1) })).toThrow("characters");
});

test("a text is cut between characters, within its bytes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), fc.nat(120), (text, maxBytes) => {
      const cut = truncateUtf8(text, maxBytes);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(maxBytes);
      expect(cut.isWellFormed()).toBe(true);
      if (Buffer.byteLength(text) <= maxBytes) expect(cut).toBe(text);
      else if (cut !== "") expect(text.startsWith(cut.slice(0, -1))).toBe(true);
    }),
  );
});
