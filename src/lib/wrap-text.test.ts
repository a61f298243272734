import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnsOf, cutToColumns, padEnd } from "./text-columns.ts";
import { wrapText } from "./wrap-text.ts";

describe("wrapText", () => {
  test("breaks English at spaces and never inside a word", () => {
    expect(wrapText("entries are added in session.(*Store).put and stay.", 20)).toEqual([
      "entries are added in",
      "session.(*Store).put",
      "and stay.",
    ]);
    expect(wrapText("", 10)).toEqual([""]);
  });

  test("counts a Chinese character as two columns and breaks between any two", () => {
    expect(wrapText("存活堆持续增长", 6)).toEqual(["存活堆", "持续增", "长"]);
    expect(wrapText("堆从 3 MB 升至 cart.(*Store).Put 处", 12)).toEqual([
      "堆从 3 MB 升",
      "至",
      "cart.(*Store).Put",
      "处",
    ]);
  });

  test("keeps a number with its unit", () => {
    expect(wrapText("rose from 2 MB to 32 MB/s in 24 s", 12)).toEqual([
      "rose from",
      "2 MB to",
      "32 MB/s in",
      "24 s",
    ]);
  });

  test("begins no line with a closing mark and ends none with an opening one", () => {
    expect(wrapText("已确认，置信度高。", 6)).toEqual(["已确", "认，置", "信度", "高。"]);
    expect(wrapText("增长（见下）", 6)).toEqual(["增长", "（见", "下）"]);
  });

  test("loses nothing and keeps to the width where the text allows it", () => {
    const text = fc
      .array(fc.constantFrom("存", "活", "堆", "，", "。", "（", "）", "a", "heap", " ", "12"), {
        maxLength: 60,
      })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, fc.integer({ min: 8, max: 40 }), (given, width) => {
        const lines = wrapText(given, width);
        expect(lines.join("").replaceAll(" ", "")).toBe(given.replaceAll(" ", ""));
        for (const line of lines) {
          const canBreak = /[存活堆]{2}| /.test(line.trim());
          if (columnsOf(line) > width) expect(canBreak, line).toBe(false);
        }
      }),
    );
  });
});

test("columns: what is padded and cut is as wide as asked", () => {
  expect(columnsOf("堆 heap →")).toBe(9);
  expect(padEnd("堆", 4)).toBe("堆  ");
  expect(cutToColumns("第 1 次采样（共 7 次）", 12)).toBe("第 1 次采样…");
  expect(cutToColumns("short", 12)).toBe("short");
});
