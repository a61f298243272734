import { readdirSync, readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { compareHeaps, keepEarlier } from "../../src/heap/answers/heap-diff.ts";
import { buildHeapPage, type HeapPage } from "../../src/heap/answers/heap-page.ts";
import type { HeapSnapshot } from "../../src/heap/heap-snapshot.ts";
import { renderHeapDiffPage, renderHeapPage } from "../../src/report/heap/page.ts";
import { LANGUAGES } from "../../src/report/messages/language.ts";
import { heapPageScript } from "../../src/web/heap/page-script.ts";
import { findEnglish } from "../support/english-left.ts";
import { listHeapNames } from "../support/heap-names.ts";
import { readRecordedHeap } from "../support/known-heap.ts";
import { usePageBrowser } from "../support/page-browser.ts";
import { requiredTool } from "../support/required-tool.ts";

const browserTool = requiredTool("chromium");

/** Of test/fixtures/heap/known, built by Go 1.26 with debug information. */
let heap: HeapSnapshot;
let heapPage: HeapPage;
const options = (tag: "en" | "zh" = "en") => ({
  language: LANGUAGES[tag],
  gopatrolVersion: "0.0.0",
  name: "core.1234",
  showValues: false,
  pageScript: heapPageScript(),
});

beforeAll(async () => {
  heap = await readRecordedHeap("go1.26.8");
  heapPage = buildHeapPage(heap, { rows: 50, showValues: false });
});

describe("the page about a heap", () => {
  test("holds its script whole", () => {
    const script = heapPageScript();
    expect(() => new Function(script)).not.toThrow();
    const folder = new URL("../../src/web/heap/", import.meta.url);
    for (const file of readdirSync(folder).filter((name) => name !== "page-script.ts")) {
      const source = readFileSync(new URL(file, folder), "utf8");
      for (const [, name] of source.matchAll(/^(?:declare const|export function) (\w+)/gm))
        expect(script, `${file} has it`).toContain(`function ${name}(`);
    }
  });

  test("shows no value of the program, and is small", () => {
    const html = renderHeapPage(heapPage, options());
    expect(html).not.toMatch(/user-\d|example\.com|eu-1/);
    expect(html.length).toBeLessThan(1_000_000);
  });

  test("what is counted together and what stands for itself add up to what their parent keeps", () => {
    const { tree } = heapPage;
    const below = new Float64Array(tree.parent.length);
    for (let row = 1; row < tree.parent.length; row++) {
      expect(tree.parent[row]!).toBeLessThan(row);
      below[tree.parent[row]!]! += tree.retainedBytes[row]!;
    }
    for (const [row, bytes] of below.entries())
      if (bytes > 0) expect(bytes + tree.ownBytes[row]!, String(row)).toBe(tree.retainedBytes[row]);
    expect(tree.retainedBytes[0]).toBe(heapPage.report.reachableBytes);
  });

  test("in Chinese no English is left but the program's own names", () => {
    const html = renderHeapPage(heapPage, options("zh"));
    const diff = compareHeaps(keepEarlier(heap), heap, { top: 5, time: { seconds: 60, basis: "files" } });
    const names = listHeapNames([heapPage, "core.1234"]);
    for (const text of [html, renderHeapDiffPage(diff, options("zh"))]) {
      expect(text).toContain('<html lang="zh-CN">');
      const spoken = [...text.matchAll(/ (?:aria-label|placeholder|title|data-text)="([^"]*)"/g)];
      const seen = text
        .replace(/<(style|script)\b[\s\S]*?<\/\1>/g, " ")
        .replace(/<code[^>]*>.*?<\/code>/g, "，")
        .replace(/&quot;.*?&quot;/g, "，")
        .replace(/<wbr>/g, "")
        .replace(/<[^>]*>/g, "\n");
      const lines = [...spoken.map(([, words]) => words!.replace(/\{\w+\}/g, "，")), ...seen.split("\n")];
      expect(lines.flatMap((line) => findEnglish(line, names))).toEqual([]);
    }
    const { labels } = JSON.parse(/id="heap-data">(.*?)<\/script>/s.exec(html)![1]!) as { labels: object };
    const words = JSON.stringify(Object.values(labels)).replace(/\{[^}]*\}/g, "，");
    expect(findEnglish(words)).toEqual([]);
  });
});

describe.skipIf(!browserTool.available)(`the page about a heap in a browser${browserTool.skipReason}`, () => {
  const open = usePageBrowser(browserTool.path);

  const detail = (page: Page) => page.locator("#heap-detail").textContent();

  test("a box of the treemap is gone into and out of, by mouse and by keys", {
    timeout: 60_000,
  }, async () => {
    const page = await open(renderHeapPage(heapPage, options()));
    const boxes = page.locator("#heap-map .depth-1");
    await boxes.filter({ hasText: "main.shared" }).click({ position: { x: 8, y: 8 } });
    expect(await page.locator("#heap-trail li").allTextContents()).toEqual(["live heap", "main.shared"]);
    await page.mouse.move(2, 2);
    expect(await detail(page)).toMatch(/^main\.shared: keeps 193 kB/);
    await page.locator("#heap-trail button").first().click();
    expect(await page.locator("#heap-trail li").count()).toBe(1);

    await page.locator('#heap-map [tabindex="0"]').focus();
    await page.keyboard.press("ArrowRight");
    expect(await detail(page)).toContain("main.huge: keeps");
    await page.keyboard.press("Enter");
    expect(await page.locator("#heap-trail li").allTextContents()).toEqual(["live heap", "main.huge"]);
    await page.keyboard.press("Escape");
    expect(await page.locator("#heap-trail li").count()).toBe(1);
    expect(await page.evaluate("document.activeElement.ariaLabel")).toContain("main.huge");
  });

  test("the tree is walked by keys, and opens where a box was chosen", { timeout: 60_000 }, async () => {
    const page = await open(renderHeapPage(heapPage, options()));
    const lines = page.locator("#heap-tree tbody tr");
    const before = await lines.count();
    await lines.first().focus();
    await page.keyboard.press("ArrowRight");
    expect(await lines.count()).toBeGreaterThan(before);
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate("document.activeElement.getAttribute('aria-level')")).toBe("2");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    expect(await lines.count()).toBe(before);
    await page.locator("#heap-map .depth-2", { hasText: "sync.Map (node)" }).first().click();
    const chosen = page.locator("#heap-tree tr.chosen");
    expect(await chosen.getAttribute("aria-level")).toBe("3");
    expect(await chosen.textContent()).toContain("sync.Map (node)");
  });

  test("packages and types are an order of their own", { timeout: 60_000 }, async () => {
    const page = await open(renderHeapPage(heapPage, options()));
    await page.getByLabel("By package and type").check();
    await page
      .locator("#heap-map .depth-1")
      .filter({ hasText: /^main/ })
      .click({ position: { x: 8, y: 8 } });
    expect(await page.locator("#heap-trail li").allTextContents()).toEqual(["live heap", "main"]);
    expect(await page.locator("#heap-map .depth-1").allTextContents()).toContainEqual(
      expect.stringContaining("main.Huge"),
    );
  });

  test("tables are sorted and filtered", { timeout: 60_000 }, async () => {
    const page = await open(renderHeapPage(heapPage, options()));
    const first = () => page.locator("#map-table tbody tr").first().locator("code").first().textContent();
    await page.locator("#map-table th", { hasText: "entries" }).getByRole("button").click();
    expect(await first()).toBe("main.bigKeys");
    await page.locator("#map-table th", { hasText: "entries" }).getByRole("button").click();
    expect(await page.locator("#map-table th", { hasText: "entries" }).getAttribute("aria-sort")).toBe(
      "ascending",
    );
    await page.locator('input[data-filters="map-table"]').fill("sessions");
    const shown = page.locator("#map-table tbody tr:visible");
    expect(await shown.count()).toBe(1);
    expect(await page.locator("#map-table-rows").textContent()).toMatch(/^1 of \d+ rows$/);
  });

  test.each([800, 400])("nothing is wider than a window of %i pixels", { timeout: 60_000 }, async (width) => {
    const diff = compareHeaps(
      { ...keepEarlier(heap), survey: { ...keepEarlier(heap).survey, owners: [], types: [], maps: [] } },
      heap,
      { top: 20, time: { seconds: 60, basis: "given" } },
    );
    const viewport = { width, height: 900 };
    for (const html of [renderHeapPage(heapPage, options("zh")), renderHeapDiffPage(diff, options())]) {
      const page = await open(html, { viewport, colorScheme: "dark" });
      const over = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      expect(await page.evaluate(over)).toBe(0);
    }
  });

  test("without a script the tables are there", { timeout: 60_000 }, async () => {
    const page = await open(renderHeapPage(heapPage, options()), { javaScriptEnabled: false });
    await expect(page.locator("#walk noscript").isVisible()).resolves.toBe(true);
    expect(await page.locator("#map-table tbody tr").count()).toBeGreaterThan(3);
  });
});
