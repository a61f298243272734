import { describe, expect, test } from "vitest";
import { anyValues } from "../../../test/support/any-statement.ts";
import { findEnglish } from "../../../test/support/english-left.ts";
import { GOROUTINE_REPORT_LABELS } from "../goroutines/labels.ts";
import { labels } from "./zh/labels.ts";
import { zh } from "./zh.ts";

/** Half-width punctuation beside Chinese, Chinese and Latin without a space, two spaces, a space at a full-width mark. */
const BAD_TYPOGRAPHY =
  /[\p{Script=Han}][,;:!?](?!\d)|[\p{Script=Han}][A-Za-z0-9`]|[A-Za-z0-9%`][\p{Script=Han}]| {2}| [，。；：（）、]|[，。；：（）、] /u;

const wordings = Object.entries(zh) as [string, (values: never) => string][];

describe.each(wordings)("%s", (_, wording) => {
  const sentences = [1, 7, Number.POSITIVE_INFINITY].map((value) => wording(anyValues(value)));

  test("is Chinese alone, with values of any size", () => {
    for (const sentence of sentences) {
      expect(findEnglish(sentence), sentence).toEqual([]);
      expect(sentence).not.toMatch(/undefined|NaN|\[object/);
      expect(sentence).toMatch(/[\p{Script=Han}：。]/u);
    }
  });

  test("keeps to the rules of docs/i18n.md", () => {
    for (const sentence of sentences) {
      // A name may stand for a word of a list here, which needs no space.
      expect(sentence.replaceAll(/(?<!`)Store\.entries(?!`)/g, "某")).not.toMatch(BAD_TYPOGRAPHY);
    }
  });
});

/** Labels that want more than numbers and words. */
const CALLS: Record<string, unknown[][]> = {
  "capture.samples": [[[[1, 3]]]],
  "word.reportTitle": [["leak", "`shop:6060`"]],
};

/** Every text of the labels; functions are given something for each argument. */
function listTexts(value: unknown, path: string): [path: string, text: string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") {
    const speak = value as (...values: unknown[]) => string;
    const calls = CALLS[path] ?? [1, 7].map((n) => [n, n, n, n, n]);
    return calls.map((values) => [path, speak(...values)]);
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    listTexts(member, path === "" ? key : `${path}.${key}`),
  );
}

test.each([...listTexts(labels, ""), ...listTexts(GOROUTINE_REPORT_LABELS.zh, "goroutines")])(
  "label %s",
  (_, text) => {
    const plain = text.replace(/\{(key )?\w+\}/g, "7");
    expect(findEnglish(plain), text).toEqual([]);
    expect(text).not.toMatch(/undefined|NaN/);
  },
);

test("English that was left over is found", () => {
  expect(findEnglish("存活堆 rose from 3 MB 到 4 MB")).toEqual(["rose from"]);
  expect(findEnglish("在 cart.(*Store).Put (store.go:42) 写入，见 --for 30s 与 ctx.Done()。")).toEqual([]);
});
