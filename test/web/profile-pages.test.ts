import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { encodeProfile } from "../../src/formats/pprof/encode.ts";
import { BROWSER_FLAGS, findFaintTexts } from "../support/page-browser.ts";
import { heapProfileFromText } from "../support/profile-from-text.ts";
import { requiredTool } from "../support/required-tool.ts";
import { runGopatrol } from "../support/run-gopatrol.ts";

const browserTool = requiredTool("chromium");
const PROGRAM = join(import.meta.dirname, "../../bin/gopatrol");

const BEFORE = `
  90 9000 60 6000 @ example.com/shop/cart.(*Store).put:42 example.com/shop/cart.Add:9 main.serve:7 main.main:3
  40 4000 30 3000 @ encoding/json.Marshal:80@/usr/local/go/src/encoding/json/encode.go main.render:5 main.main:4
  10 1000 10 1000 @ main.warm:6 main.main:2
  1 1 0 0 @ runtime.malg:9`;
const AFTER = `
  900 90000 600 60000 @ example.com/shop/cart.(*Store).put:42 example.com/shop/cart.Add:9 main.serve:7 main.main:3
  80 8000 10 1000 @ encoding/json.Marshal:80@/usr/local/go/src/encoding/json/encode.go main.render:5 main.main:4
  10 1000 10 1000 @ main.warm:6 main.main:2
  50 5000 50 5000 @ github.com/lib/pool.New:8@/go/pkg/mod/github.com/lib/pool@v1.0.0/pool.go main.serve:8 main.main:3
  1 1 0 0 @ runtime.malg:9`;
const ROW = 20;

describe.skipIf(!browserTool.available)(`pages of profiles in a browser${browserTool.skipReason}`, () => {
  let browser: Browser;
  let folder: string;
  let server: ChildProcess;
  let origin: string;
  let complaints: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gopatrol-pages-"));
    for (const [name, text] of [
      ["before", BEFORE],
      ["after", AFTER],
      ["empty", ""],
      ["one", "1 8 1 8 @ main.only:1"],
    ] as const) {
      writeFileSync(join(folder, `${name}.pb`), encodeProfile(heapProfileFromText(text)));
    }
    const words = ["pprof", "web", "-diff_base", file("before.pb"), file("after.pb")];
    server = spawn(process.execPath, [PROGRAM, ...words], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(server.stdout!, "data")) as [Buffer];
    origin = /http:\/\/127\.0\.0\.1:\d+/.exec(String(line))![0];
    browser = await chromium.launch({
      executablePath: browserTool.path,
      headless: true,
      args: BROWSER_FLAGS,
    });
  });

  afterAll(async () => {
    await browser?.close();
    server?.kill("SIGINT");
    if (server !== undefined && server.exitCode === null) await once(server, "exit");
    rmSync(folder, { recursive: true, force: true });
    expect(server.exitCode).toBe(0);
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    expect(complaints).toEqual([]);
  });

  const file = (name: string) => join(folder, name);

  async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    complaints = [];
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      const isOwn = request.url().startsWith(url.startsWith("file:") ? "file:" : origin);
      if (!isOwn && !/^(data|blob):/.test(request.url())) complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(url);
    return page;
  }

  async function openFlame(words: readonly string[], options?: BrowserContextOptions): Promise<Page> {
    const made = await runGopatrol(["pprof", "flame", "-output", file("flame.html"), ...words]);
    expect([made.code, made.stderr]).toEqual([0, `Generating report in ${file("flame.html")}\n`]);
    const page = await open(pathToFileURL(file("flame.html")).href, options);
    await drawn(page);
    return page;
  }

  const drawn = (page: Page) =>
    page.waitForFunction(() => document.documentElement.dataset["flame"] === "drawn");
  const tooltip = async (page: Page) => (await page.getByRole("tooltip").innerText()).split("\n");
  /** Points at a place of the first drawing: a part of its width, and a row from the top. */
  async function at(page: Page, part: number, row: number): Promise<[x: number, y: number]> {
    const box = (await page.locator("canvas").first().boundingBox())!;
    return [box.x + part * box.width, box.y + (row + 0.5) * ROW];
  }
  async function hover(page: Page, part: number, row: number): Promise<string[]> {
    await page.mouse.move(...(await at(page, part, row)));
    return tooltip(page);
  }
  const caption = (page: Page) => page.locator(".pane-caption").first().innerText();

  test("a flame graph tells function, file and line, share, and the values of all other types", async () => {
    const page = await openFlame([file("after.pb")]);
    expect(await hover(page, 0.1, 4)).toEqual([
      "example.com/shop/cart.(*Store).put",
      "/src/example.com/shop/cart.go:42",
      "inuse_space 58.6 kB, 90 %",
      "alloc_objects 900, 86 %",
      "alloc_space 87.9 kB, 87 %",
      "inuse_objects 600, 90 %",
    ]);
    expect(await caption(page)).toBe("inuse_space: 65.4 kB");
  });

  test("click zooms, Esc goes back; a search says its share", async () => {
    const page = await openFlame([file("after.pb")]);
    await page.mouse.click(...(await at(page, 0.93, 3)));
    expect(await caption(page)).toBe("inuse_space: 4.88 kB, 7.5 % of 65.4 kB in github.com/lib/pool.New");
    expect((await hover(page, 0.02, 3))[0]).toBe("github.com/lib/pool.New");
    expect(await page.locator("#flame-details").innerText()).toContain("Called by main.serve ← main.main");
    await page.keyboard.press("Escape");
    expect(await caption(page)).toBe("inuse_space: 65.4 kB");
    await page.keyboard.press("/");
    await page.keyboard.type("STORE");
    expect(await page.locator("#flame-search-result").innerText()).toBe("90 % matched: 58.6 kB in 1 frame");
    await page.getByRole("searchbox").fill("nowhere");
    expect(await page.locator("#flame-search-result").innerText()).toBe("No frame matches.");
  });

  test("the keyboard walks, describes and zooms", async () => {
    const page = await openFlame([file("after.pb")]);
    await page.locator("canvas").focus();
    const spoken = () => page.locator("#flame-spoken").textContent();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
    expect(await spoken()).toMatch(/^github\.com\/lib\/pool\.New, .*pool\.go:8, inuse_space 4\.88 kB/);
    await page.keyboard.press("Enter");
    expect(await caption(page)).toContain("in github.com/lib/pool.New");
    await page.keyboard.press("ArrowUp");
    expect(await spoken()).toMatch(/^main\.serve, .* and other lines, /);
  });

  test("another value changes widths in place, and a second one stands beside it", async () => {
    const page = await openFlame([file("after.pb")]);
    await page.getByRole("radio", { name: "alloc_space" }).check({ force: true });
    expect(await caption(page)).toBe("alloc_space: 102 kB");
    await page.getByLabel("beside").selectOption({ label: "inuse_space" });
    expect(await page.locator(".pane-caption").allInnerTexts()).toEqual([
      "alloc_space: 102 kB",
      "inuse_space: 65.4 kB",
    ]);
    // Both zoom together.
    await page.mouse.click(...(await at(page, 0.05, 3)));
    for (const text of await page.locator(".pane-caption").allInnerTexts()) {
      expect(text).toContain("in example.com/shop/cart.Add");
    }
  });

  test("a difference says what grew and shrank by sign and words, not by colour alone", async () => {
    const page = await openFlame(["-diff_base", file("before.pb"), file("after.pb")]);
    expect(await caption(page)).toBe("inuse_space: 9.77 kB before → 65.4 kB after, +55.7 kB");
    expect((await hover(page, 0.02, 1)).slice(0, 4)).toEqual([
      "main.main",
      "/src/main.go:3 and other lines",
      "grew: +55.7 kB (+570 %)",
      "9.77 kB before → 65.4 kB after",
    ]);
    await page.getByRole("searchbox").fill("json");
    // Of the union of both sides, so that what shrank keeps the width it had.
    expect(await page.locator("#flame-search-result").innerText()).toBe("4.3 % matched: 2.93 kB in 1 frame");
    await page.getByRole("searchbox").fill("");
    await page.getByRole("radio", { name: "before" }).check({ force: true });
    expect((await hover(page, 0.9, 2))[2]).toMatch(/^(shrank|did not change)/);
    expect((await hover(page, 0.8, 3))[2]).toBe("shrank: -1.95 kB (-67 %)");
  });

  test("the drawing is saved as an SVG that shows what is zoomed into", async () => {
    const page = await openFlame(["-base", file("before.pb"), file("after.pb")]);
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "SVG" }).click();
    const text = readFileSync(await (await saving).path(), "utf8");
    expect(text).toMatch(/^<svg xmlns=/);
    expect(text).toContain("+ cart.(*Store).put");
    expect(text).toContain("2.93 kB → 0.977 kB, -1.95 kB");
    const svg = await runGopatrol([
      "pprof",
      "flame",
      "-format",
      "svg",
      "-base",
      file("before.pb"),
      file("after.pb"),
    ]);
    const picture = await open(`data:image/svg+xml,${encodeURIComponent(svg.stdout)}`);
    expect(await picture.locator("title").first().textContent()).toContain("+55.7 kB");
  });

  test("one sample and none have their pages", async () => {
    const one = await openFlame([file("one.pb")]);
    expect((await hover(one, 0.5, 1)).slice(0, 3)).toEqual([
      "main.only",
      "/src/main.go:1",
      "inuse_space 8 B, 100 %",
    ]);
    await one.context().close();
    const none = await openFlame([file("empty.pb")]);
    expect(await caption(none)).toBe("inuse_space: 0 B");
  });

  test("filters are in the address, by pprof's names, and can be taken off", async () => {
    const page = await open(`${origin}/ui/flamegraph?f=cart&g=packages`);
    await drawn(page);
    expect((await hover(page, 0.3, 2))[0]).toBe("example.com/shop/cart");
    await page.getByRole("link", { name: "Take off focus=cart" }).click();
    await page.waitForURL(`${origin}/ui/flamegraph?g=packages`);
    await page.getByLabel("Focus").fill("render");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(`${origin}/ui/flamegraph?g=packages&f=render`);
    await page.locator("select[name=g]").selectOption("modules");
    await page.waitForURL(`${origin}/ui/flamegraph?g=modules&f=render`);
    await drawn(page);
    expect((await hover(page, 0.3, 2))[0]).toBe("standard library");
  });

  test("a frame leads to filters and to the other pages", async () => {
    const page = await open(`${origin}/ui/flamegraph`);
    await drawn(page);
    await page.mouse.click(...(await at(page, 0.05, 3)));
    await page.locator("#flame-details").getByRole("link", { name: "Peek" }).click();
    await page.waitForURL(/\/ui\/peek\?f=/);
    expect(await page.locator("tr.self td.name").allInnerTexts()).toEqual(["example.com/shop/cart.Add"]);
    await page.getByRole("link", { name: "main.serve" }).click();
    await page.waitForURL(/main%5C\.serve/);
  });

  test("every page is whole, in both schemes and in a narrow window", async () => {
    const pages = [
      "flamegraph",
      "top",
      "peek",
      "source?f=put",
      "graph",
      "diff",
      "top?f=((",
      "top?f=nothinglikeit",
    ];
    for (const [at, name] of pages.entries()) {
      const page = await open(`${origin}/ui/${name}`, {
        colorScheme: at % 2 === 0 ? "dark" : "light",
        viewport: { width: at % 2 === 0 ? 1280 : 640, height: 800 },
      });
      if (name === "flamegraph") await drawn(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(
        at % 2 === 0 ? 1280 : 640,
      );
      // The graph has colours of Graphviz.
      await page.evaluate(() => document.getElementById("graph")?.remove());
      expect(await page.evaluate(findFaintTexts), name).toEqual([]);
      const isWrong = name === "top?f=((";
      expect(complaints.filter((text) => !/400 \(Bad Request\)/.test(text))).toEqual([]);
      if (isWrong) {
        expect(await page.getByRole("alert").innerText()).toContain("parsing focus regexp");
        complaints = [];
      }
      if (name.endsWith("nothinglikeit")) {
        expect(await page.getByRole("status").innerText()).toContain("Focus expression matched no samples");
      }
      await page.context().close();
    }
  });

  test("lists are narrowed without asking again", async () => {
    const page = await open(`${origin}/ui/diff`);
    await page.getByRole("searchbox").fill("marshal");
    expect(await page.locator("tbody tr:visible").allInnerTexts()).toEqual([
      expect.stringContaining("▼ −1.95kB"),
    ]);
    expect(await page.locator("#list-count").innerText()).toBe("1 of 3");
  });
});
