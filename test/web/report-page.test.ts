import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { renderHtml } from "../../src/report/html.ts";
import type { ReportView } from "../../src/report/report-view.ts";
import { pageScript } from "../../src/web/page-script.ts";
import { findFaintTexts, usePageBrowser } from "../support/page-browser.ts";
import { requiredTool } from "../support/required-tool.ts";
import { healthyReportView, largeFlame, sampleReportView } from "../support/sample-report-view.ts";

const browserTool = requiredTool("chromium");

describe.skipIf(!browserTool.available)(`the report in a browser${browserTool.skipReason}`, () => {
  const open = usePageBrowser(browserTool.path);
  const openReport = (view: ReportView, options?: BrowserContextOptions): Promise<Page> =>
    open(renderHtml(view, pageScript()), options);

  /** A drawn frame by the full name of its function. */
  function frameOf(page: Page, view: ReportView, name: string): Locator {
    const row = view.flame!.name.indexOf(name);
    return page.locator(`svg.flame [data-node="${row}"]`);
  }

  /** 0 for a frame that is not drawn. */
  async function widthOf(page: Page, view: ReportView, name: string): Promise<number> {
    const frame = frameOf(page, view, name);
    return (await frame.count()) === 0 ? 0 : ((await frame.boundingBox())?.width ?? 0);
  }

  /** Within the width of the line around a frame. */
  const expectNear = (width: number, expected: number) =>
    expect(Math.abs(width - expected)).toBeLessThanOrEqual(3);

  const PUT = "example.com/shop/cart.(*SessionStore).Put";
  const PLACE = "example.com/shop/orders.(*Service).Place";

  test("shows the verdict and the line to change without scrolling", async () => {
    const page = await openReport(sampleReportView());
    for (const text of [
      "Memory leak: a map in cart",
      "store.go:42",
      "Delete the entry when the session ends",
    ]) {
      const box = await page.locator("#verdict").getByText(text).first().boundingBox();
      expect(box!.y + box!.height).toBeLessThan(900);
    }
    await expect(page.title()).resolves.toBe("Leak: http://10.42.7.19:6060/debug/pprof");
  });

  test("zooms into a clicked frame; Esc and the button bring all back", async () => {
    const view = sampleReportView();
    const page = await openReport(view);
    const before = await widthOf(page, view, PLACE);
    const whole = await widthOf(page, view, "all");
    expect(before).toBeLessThan(whole / 4);

    await frameOf(page, view, PLACE).click();
    expectNear(await widthOf(page, view, PLACE), whole);
    expect(await widthOf(page, view, PUT)).toBe(0);
    await expect(page.locator("#flame-zoom-result").textContent()).resolves.toMatch(
      /^Zoomed into example\.com\/shop\/orders\.\(\*Service\)\.Place \(service\.go:63\): 5\.6 MB, 10 % of all growth$/,
    );
    await page.keyboard.press("Escape");
    expectNear(await widthOf(page, view, PLACE), before);

    await frameOf(page, view, PUT).click();
    expectNear(await widthOf(page, view, PUT), whole);
    await page.getByRole("button", { name: "Reset zoom" }).click();
    expectNear(await widthOf(page, view, PLACE), before);
    expect(await page.locator("#flame-reset").isDisabled()).toBe(true);
  });

  test("search marks frames by function or file and says their share, none counted twice", async () => {
    const view = sampleReportView();
    const page = await openReport(view);
    const search = page.getByRole("searchbox");
    await search.fill("JSON");
    // Three nested frames of encoding/json: the share is that of the outermost.
    await expect(page.locator("#flame-search-result").textContent()).resolves.toBe(
      "11 % matched: 6.2 MB in 3 frames",
    );
    expect(await page.locator("svg.flame .match").count()).toBe(3);

    await search.fill("store.go:42");
    expect(await page.locator("svg.flame .match").getAttribute("data-node")).toBe(
      String(view.flame!.name.indexOf(PUT)),
    );
    await search.fill("no such function");
    await expect(page.locator("#flame-search-result").textContent()).resolves.toBe("no frame matches");
    await search.press("Escape");
    expect(await search.inputValue()).toBe("");
    expect(await page.locator("svg.flame.searching").count()).toBe(0);
  });

  test("hover tells function, position, bytes, share and what was kept", async () => {
    const view = sampleReportView();
    const page = await openReport(view);
    const tooltip = page.getByRole("tooltip");
    expect(await tooltip.isVisible()).toBe(false);
    await frameOf(page, view, PUT).hover();
    expect((await tooltip.innerText()).split("\n")).toEqual([
      PUT,
      "store.go:42",
      "41.3 MB, 75 % of all growth",
      "In use 12.1 MB → 53.4 MB: +41.3 MB",
      "Allocated 41.4 MB in the window, 100 % kept",
      "your code",
    ]);
    await page.mouse.move(2, 2);
    expect(await tooltip.isVisible()).toBe(false);
  });

  test("the tooltip stays inside the window", async () => {
    const view = sampleReportView();
    const page = await openReport(view, { viewport: { width: 390, height: 700 } });
    await frameOf(page, view, PUT).hover({ position: { x: 200, y: 5 } });
    const box = (await page.getByRole("tooltip").boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(390);
    expect(box.y + box.height).toBeLessThanOrEqual(700);
  });

  test("the keyboard reaches, describes and zooms frames", async () => {
    const view = sampleReportView();
    const page = await openReport(view);
    await page.getByRole("searchbox").focus();
    await page.keyboard.press("Tab");
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
    expect(await focused()).toMatch(/^all, /);
    for (let step = 0; step < 5; step++) await page.keyboard.press("ArrowDown");
    expect(await focused()).toMatch(
      /^example\.com\/shop\/cart\.\(\*SessionStore\)\.Put, store\.go:42, 41\.3 MB/,
    );
    expect(await page.getByRole("tooltip").isVisible()).toBe(true);
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toMatch(/^example\.com\/shop\/internal\/codec\.Decode/);
    await page.keyboard.press("Enter");
    expect(await focused()).toMatch(/^example\.com\/shop\/internal\/codec\.Decode/);
    const whole = await widthOf(page, view, "all");
    expectNear(await widthOf(page, view, "encoding/json.(*Decoder).Decode"), whole);
    await page.keyboard.press("ArrowUp");
    expect(await focused()).toMatch(/AddItem/);
    await page.keyboard.press("Escape");
    expect(await focused()).toMatch(/^all, /);
  });

  test("widths can follow growth, memory in use or allocation", async () => {
    const view = sampleReportView();
    const page = await openReport(view);
    const render = "example.com/shop/render.Page";
    const grown = await widthOf(page, view, render);
    await page.getByRole("radio", { name: "Allocated" }).check();
    expect(await widthOf(page, view, render)).toBeGreaterThan(20 * grown);
    await page.getByRole("radio", { name: "In use at the end" }).check();
    // The catalogue does not grow, so it is drawn only here.
    expect(await widthOf(page, view, "example.com/shop/catalogue.Load")).toBeGreaterThan(50);
    // A frame that has no width in the other measure cannot stay zoomed.
    await frameOf(page, view, "example.com/shop/catalogue.Load").click();
    await page.getByRole("radio", { name: "Growth" }).check();
    expect(await widthOf(page, view, PUT)).toBeGreaterThan(500);
  });

  test("a tree that only shrank says so", async () => {
    const view = sampleReportView();
    view.flame!.delta = view.flame!.before.map((bytes) => -bytes);
    const page = await openReport(view);
    await expect(page.locator("#flame-zoom-result").textContent()).resolves.toBe("No bytes grown.");
  });

  test("20,000 frames: only those wide enough to see become elements, and zoom shows the rest", async () => {
    const view = { ...sampleReportView(), flame: largeFlame(20_000) };
    const page = await openReport(view);
    const drawn = page.locator("svg.flame .frame");
    expect(await drawn.count()).toBeLessThan(8000);
    const narrowest = await page.evaluate(() =>
      Math.min(
        ...[...document.querySelectorAll(".frame")].map((frame) => frame.getBoundingClientRect().width),
      ),
    );
    expect(narrowest).toBeGreaterThanOrEqual(0.49);
    const rows = () => drawn.evaluateAll((frames) => frames.map((frame) => frame.getAttribute("data-node")));
    const before = new Set(await rows());
    await page.evaluate(() => {
      const frames = [...document.querySelectorAll(".frame[data-node]")];
      const narrow = frames.find((frame) => frame.getBoundingClientRect().width < 30);
      narrow!.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    });
    expect((await rows()).some((row) => !before.has(row))).toBe(true);
  });

  test("a goroutine group opens and shows its stack", async () => {
    const page = await openReport(sampleReportView());
    const group = page.locator("details.group").first();
    expect(await group.getByText("runtime.chansend1").isVisible()).toBe(false);
    await group.locator("summary").focus();
    await page.keyboard.press("Enter");
    expect(await group.getByText("runtime.chansend1").isVisible()).toBe(true);
    expect(await group.getByText("in goroutine 881").isVisible()).toBe(true);
  });

  test("hovering a chart shows the value and its time", async () => {
    const page = await openReport(sampleReportView());
    const readout = page.locator("#over-time .readout").nth(2);
    expect(await readout.locator(".value").isVisible()).toBe(false);
    await readout.hover();
    expect(await readout.locator(".value").isVisible()).toBe(true);
    expect(await readout.locator(".value").textContent()).toBe("60.1 MB at 10 s");
  });

  test("works without a script: everything is there but the controls", async () => {
    const view = sampleReportView();
    const page = await openReport(view, { javaScriptEnabled: false });
    expect(await page.locator("h1").innerText()).toContain("Memory leak");
    expect((await frameOf(page, view, PUT).boundingBox())!.width).toBeGreaterThan(700);
    expect(await page.getByRole("searchbox").count()).toBe(0);
    await page.locator("details.group summary").first().click();
    expect(await page.getByText("runtime.chansend1").isVisible()).toBe(true);
  });

  test("foreign text stays text", async () => {
    const page = await openReport(sampleReportView());
    expect(await page.locator("#findings").innerText()).toContain(
      "/build/shop/render/</script><b>&'odd\".go:9",
    );
    expect(await page.locator("#sites b, #findings .where b").count()).toBe(0);
    await page.getByRole("radio", { name: "Allocated" }).check();
    await page.getByRole("searchbox").fill("render.Page");
    await page.locator("svg.flame .match").hover();
    expect(await page.getByRole("tooltip").innerText()).toContain("</script><b>&'odd\".go:9");
    expect(await page.getByRole("tooltip").locator("b").count()).toBe(0);
  });

  test.each([1280, 390])("nothing reaches beyond a window %d px wide", async (width) => {
    const page = await openReport(sampleReportView(), { viewport: { width, height: 800 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await page.locator(".fold summary").click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });

  test.each(["light", "dark"] as const)(
    "all text has enough contrast in the %s scheme",
    async (colorScheme) => {
      for (const view of [sampleReportView(), healthyReportView()]) {
        const page = await openReport(view, { colorScheme });
        await page.locator(".fold summary").click();
        const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        expect(background).toBe(colorScheme === "dark" ? "rgb(17, 20, 24)" : "rgb(246, 247, 248)");
        expect(await page.evaluate(findFaintTexts)).toEqual([]);
        await page.context().close();
      }
    },
  );

  test("prints on white, without controls, with everything unfolded", async () => {
    const page = await openReport(sampleReportView(), { colorScheme: "dark" });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await page.getByRole("searchbox").count()).toBe(0);
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
      "rgb(255, 255, 255)",
    );
    const openDetails = () => page.locator("details[open]").count();
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    expect(await openDetails()).toBe(await page.locator("details").count());
    await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
    expect(await openDetails()).toBe(0);
  });
});
