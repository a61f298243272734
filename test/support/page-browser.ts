import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";

/** For a browser that asks nothing of the network by itself. */
export const BROWSER_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * A browser for the tests of a suite that look at a page written to a file. Whatever a test does, the page says nothing on
 * the console and asks for nothing but itself.
 */
export function usePageBrowser(
  executablePath: string,
): (html: string, context?: BrowserContextOptions) => Promise<Page> {
  let browser: Browser | undefined;
  let folder = "";
  let complaints: string[] = [];
  let requests: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gopatrol-page-"));
    browser = await chromium.launch({ executablePath, headless: true, args: BROWSER_FLAGS });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith("data:"))).toHaveLength(1);
  });

  return async (html, given = {}) => {
    const file = join(folder, "page.html");
    writeFileSync(file, html);
    complaints = [];
    requests = [];
    const context = await browser!.newContext({ viewport: { width: 1280, height: 900 }, ...given });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return page;
  };
}

/** Runs in the page: texts whose contrast with what is behind them is below 4.5 to 1 (WCAG 2.2, 1.4.3). */
export function findFaintTexts(): string[] {
  const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: string) => {
    const [red, green, blue] = channels(colour).map((channel) => {
      const part = channel / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const backgroundOf = (element: Element): string => {
    for (let above: Element | null = element; above !== null; above = above.parentElement) {
      const style = getComputedStyle(above);
      if (above.classList.contains("frame")) return style.fill;
      const [, , , alpha = 1] = channels(style.backgroundColor);
      if (alpha > 0) return style.backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const faint: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement!;
    const text = node.textContent!.trim();
    const hidden = !element.checkVisibility({ visibilityProperty: true });
    if (text === "" || hidden || ["SCRIPT", "STYLE"].includes(element.tagName)) continue;
    if (element.closest("button:disabled") !== null) continue;
    const style = getComputedStyle(element);
    const colour = element instanceof SVGElement ? style.fill : style.color;
    const levels = [luminance(colour), luminance(backgroundOf(element))].sort((low, high) => low - high);
    const contrast = (levels[1]! + 0.05) / (levels[0]! + 0.05);
    if (contrast < 4.5) faint.push(`${contrast.toFixed(2)} ${text.slice(0, 40)}`);
  }
  return faint;
}
