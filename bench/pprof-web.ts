/**
 * The web view on a heap profile of 30 MB (raw) in headless Chromium: from the request of `gopatrol pprof web` to the first
 * flame graph, then zooming, searching, another value and two drawings side by side, each until it is painted.
 * `--rounds n` opens the page so often; `--keep folder` leaves screenshots.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { chromium, type Page } from "playwright-core";
import { encodeProfile } from "../src/formats/pprof/encode.ts";
import { BROWSER_FLAGS } from "../test/support/page-browser.ts";
import { requiredTool } from "../test/support/required-tool.ts";
import { makeCallGraphProfile } from "./call-graph-profile.ts";
import type { ProfileSize } from "./synthetic-profile.ts";

const { values: flags } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, keep: { type: "string", default: "" } },
});
const MIDDLE: ProfileSize = { samples: 345_000, framesPerSample: 20, locations: 80_000, functions: 30_000 };
const READING_MS = 2000;
const gopatrol = resolve(import.meta.dirname, "../bin/gopatrol");
const browserTool = requiredTool("chromium");

if (browserTool.available) await run();
else console.log("pprof-web: left out, chromium is not on PATH");

async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-pprof-web-"));
  const places = [1, 2].map((seed) => {
    const path = join(folder, `heap${seed}.pb.gz`);
    const bytes = encodeProfile(makeCallGraphProfile(MIDDLE, seed));
    writeFileSync(path, gzipSync(bytes, { level: 1 }));
    if (seed === 1) console.log(`heap profile: ${(bytes.length / 1e6).toFixed(1)} MB raw`);
    return path;
  });
  const browser = await chromium.launch({
    executablePath: browserTool.path,
    headless: true,
    args: BROWSER_FLAGS,
  });
  try {
    await measure("one profile", [places[0]!]);
    await measure("with -diff_base", ["-diff_base", places[1]!, places[0]!]);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }

  async function measure(name: string, words: readonly string[]): Promise<void> {
    const begun = performance.now();
    const server = spawn(process.execPath, [gopatrol, "pprof", "web", ...words], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(server.stdout!, "data")) as [Buffer];
    const origin = String(line).trim().split(" ").at(-1)!;
    console.log(`${name}: serving after ${((performance.now() - begun) / 1000).toFixed(2)} s`);
    const figures = new Map<string, number[]>();
    const add = (what: string, ms: number): void =>
      void figures.set(what, [...(figures.get(what) ?? []), ms]);
    const complaints: string[] = [];
    // Whoever opens the address needs longer than this; a page that nobody asked for before is measured below.
    await new Promise((done) => setTimeout(done, READING_MS));
    for (let round = 0; round < Number(flags.rounds); round++) {
      const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
      const page = await context.newPage();
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(`${origin}/ui/flamegraph`);
      await page.waitForFunction(() => document.documentElement.dataset["flame"] === "drawn");
      // Counted from the start of the navigation by the browser itself.
      add(
        "first flame graph",
        await page.evaluate(() => performance.getEntriesByName("flame-drawn")[0]!.startTime),
      );
      add(
        "answer of the server",
        await page.evaluate(
          () => (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming).responseEnd,
        ),
      );
      if (flags.keep !== "" && round === 0) {
        mkdirSync(flags.keep, { recursive: true });
        await page.screenshot({ path: join(flags.keep, `${name.replaceAll(" ", "-")}.png`) });
      }
      const canvas = page.locator("canvas").first();
      const box = (await canvas.boundingBox())!;
      const click = [box.x + 12, box.y + 50] as const;
      add("zoom", await timeInput(page, () => page.mouse.click(...click)));
      add("zoom back", await timeInput(page, () => page.keyboard.press("Escape")));
      await page.getByRole("searchbox").focus();
      for (const letter of "method12")
        add("a letter of a search", await timeInput(page, () => page.keyboard.type(letter)));
      await page.keyboard.press("Escape");
      if (name === "one profile") {
        const other = page.locator("input[name=flame-type][value='1']");
        add("another value", await timeInput(page, () => other.dispatchEvent("click")));
      } else {
        const other = page.locator("input[name=flame-width][value=after]");
        add("another width", await timeInput(page, () => other.dispatchEvent("click")));
        const colour = page.locator("input[name=flame-colour][value=relative]");
        add("another colour", await timeInput(page, () => colour.dispatchEvent("click")));
      }
      const cpuBefore = readCpuMs(server.pid!);
      await page.goto(`${origin}/ui/flamegraph?i=Method${77 + round}$`);
      await page.waitForFunction(() => document.documentElement.dataset["flame"] === "drawn");
      add(
        "of a filter never asked",
        await page.evaluate(() => performance.getEntriesByName("flame-drawn")[0]!.startTime),
      );
      add("  CPU of the server", readCpuMs(server.pid!) - cpuBefore);
      await context.close();
    }
    for (const [what, all] of figures) {
      const sorted = all.toSorted((a, b) => a - b);
      console.log(
        `  ${what.padEnd(24)} median ${sorted[sorted.length >> 1]!.toFixed(0)} ms, worst ${sorted.at(-1)!.toFixed(0)} ms`,
      );
    }
    console.log(`  complaints on the console: ${complaints.length === 0 ? "none" : complaints.join("; ")}`);
    server.kill("SIGINT");
    await once(server, "exit");
  }
}

/** What a process and its threads have taken, which unlike wall time does not grow with what else runs (proc(5)). */
function readCpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  const TICKS_PER_SECOND = 100;
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/**
 * From an event of the page to the end of the frame in which its handlers and the painting they asked for ran. Taken in the
 * page, so that the way from here to the browser does not count.
 */
async function timeInput(page: Page, act: () => Promise<unknown>): Promise<number> {
  await page.evaluate(() => {
    const state = window as unknown as { took: Promise<number> };
    state.took = new Promise((done) => {
      const kinds = ["click", "keydown", "change"];
      const begin = (event: Event): void => {
        for (const kind of kinds) removeEventListener(kind, begin, true);
        const start = Math.min(event.timeStamp, performance.now());
        // The handlers' own request for a frame came before this one's, in the same frame or the one before.
        requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
      };
      for (const kind of kinds) addEventListener(kind, begin, true);
    });
  });
  await act();
  return page.evaluate(() => (window as unknown as { took: Promise<number> }).took);
}
