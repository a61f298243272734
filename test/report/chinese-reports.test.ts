import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { readBundle } from "../../src/capture/bundle-file.ts";
import { describeHeapContents } from "../../src/heap/contents/heap-contents.ts";
import { inspectBundle } from "../../src/inspect/inspect-bundle.ts";
import { GcLogReader, inspectGcLog } from "../../src/inspect/inspect-gc-log.ts";
import type { Inspection } from "../../src/inspect/inspection.ts";
import { columnsOf } from "../../src/lib/text-columns.ts";
import { buildReportView } from "../../src/report/build-report-view.ts";
import { renderHtml } from "../../src/report/html.ts";
import { renderJson } from "../../src/report/json.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { LANGUAGES } from "../../src/report/messages/language.ts";
import { renderText } from "../../src/report/text.ts";
import { anyStatement } from "../support/any-statement.ts";
import { findEnglish } from "../support/english-left.ts";
import { readRecordedHeap } from "../support/known-heap.ts";

/** Reports of every recorded bundle in Chinese, in all four forms: no English is left but the target's own names. */
const folder = resolve(import.meta.dirname, "../fixtures/bundles");
const bundles = globSync("*.tar.gz", { cwd: folder }).sort();
const options = { gopatrolVersion: "0.1.0", language: LANGUAGES.zh };

/** Names of the target, longest first: what an inspection holds as text and nobody of us wrote. */
function listNames(inspection: Inspection): string[] {
  const { target, captures, sites, goroutineGroups, findings, heapContents } = inspection;
  const names = new Set<string>([target.name, target.goVersion ?? "", target.mainModule ?? ""]);
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (typeof value !== "object" || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      if (NAMED.has(key)) names.add(String(member));
      visit(member);
    }
  };
  visit([captures, sites, goroutineGroups, findings, heapContents]);
  return [...names].filter((name) => name.length > 1).sort((a, b) => b.length - a.length);
}

const NAMED = new Set(["function", "file", "origin", "target", "text", "path", "owner", "name", "type"]);

function findEnglishLines(text: string, names: readonly string[]): string[] {
  return text.split("\n").flatMap((line) => findEnglish(line, names));
}

/** What a reader of the page sees or hears: text, and the attributes that are spoken. */
function readHtml(html: string): string {
  const spoken = [...html.matchAll(/ (?:aria-label|data-label|placeholder|title)="([^"]*)"/g)].map(
    ([, text]) => text,
  );
  const seen = html
    .replace(/<(style|script)\b[\s\S]*?<\/\1>/g, " ")
    .replace(/<code[^>]*>.*?<\/code>/g, "，")
    // Frames of the flame graph are names.
    .replace(/<svg class="frame[\s\S]*?<title>[^\n<]*\n?[^\n<]*\n/g, "，")
    .replace(/<(span|strong|b|small)\b[^>]*>|<\/(span|strong|b|small)>/g, "")
    .replace(/<[^>]*>/g, "\n");
  return [...spoken, seen]
    .join("\n")
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

test("failures and damage are told in Chinese too", async () => {
  const { bundle } = await readBundle(join(folder, bundles[0]!));
  const files = new Map(bundle.files);
  const [first, second, third] = bundle.manifest.captures.filter((capture) => capture.kind === "heap");
  files.set(first!.path, files.get(first!.path)!.subarray(0, 300));
  files.set(second!.path, new TextEncoder().encode("<!doctype html><title>log in</title>"));
  files.delete(third!.path);
  const failures = ["refused", "http-404"].map((code, sample) => ({
    kind: "goroutine-dump" as const,
    sample,
    origin: "http://127.0.0.1:6060/debug/pprof/goroutine?debug=2",
    time: { wallMs: 0, monotonicMs: 0 },
    code,
    reason:
      sample === 0
        ? "GET http://127.0.0.1:6060/debug/pprof/goroutine?debug=2: no answer within 60000 ms; the service may be overloaded or the profile large: give more time with --timeout."
        : "a reason that a later version of gopatrol has invented.",
  }));
  const inspection = inspectBundle({ files, manifest: { ...bundle.manifest, failures } });
  const view = buildReportView(inspection, options);
  expect(view.missing.length).toBeGreaterThanOrEqual(5);
  expect(view.missing.join("\n")).toContain("60000 ms 内没有响应");
  expect(view.missing.flatMap((line) => findEnglish(line, listNames(inspection)))).toEqual([]);
});

/** All four forms, in all their parts. */
function expectChinese(inspection: Inspection): void {
  const names = listNames(inspection);
  const view = buildReportView(inspection, options);
  expect(findEnglishLines(renderText(view, { width: 10_000, color: false }), names), "text").toEqual([]);
  expect(findEnglishLines(renderMarkdown(view), names), "Markdown").toEqual([]);
  const html = renderHtml(view, "");
  expect(html).toContain('<html lang="zh-CN">');
  expect(findEnglishLines(readHtml(html), names), "HTML").toEqual([]);
  const texts = [...renderJson(inspection, options).matchAll(/"text": ("(?:[^"\\]|\\.)*"),\n\s*"values"/g)];
  expect(texts.length).toBeGreaterThan(0);
  for (const [, text] of texts) expect(findEnglish(JSON.parse(text!) as string, names), "JSON").toEqual([]);

  for (const line of renderText(view, { width: 80, color: false }).split("\n")) {
    expect(line).not.toMatch(/^\s*(- )?[，。；：）、]/);
    // Names are never broken and rows of tables are as wide as their columns; prose is never wider.
    if (/\p{Script=Han}/u.test(line) && !/[\w/.()*-]{30}|\S {2,}\S/.test(line)) {
      expect(columnsOf(line), line).toBeLessThanOrEqual(80);
    }
  }
}

test("every sentence there is, in one report", async () => {
  const { bundle } = await readBundle(join(folder, bundles[0]!));
  const inspection = inspectBundle(bundle);
  const all = Object.keys(options.language.wording).map(anyStatement);
  expectChinese({ ...inspection, verdict: { ...inspection.verdict, reasoning: all } });
});

test.each(bundles)("%s", async (name) => {
  const { bundle } = await readBundle(join(folder, name));
  expectChinese(inspectBundle(bundle));
});

test("a look at the heap", async () => {
  const { bundle } = await readBundle(join(folder, bundles[0]!));
  const heap = await readRecordedHeap("go1.26.8");
  const contents = describeHeapContents(heap, { source: "process", pauseMs: 12 });
  const alone = { files: new Map(), manifest: { ...bundle.manifest, captures: [], failures: [] } };
  const inspection = inspectBundle(alone, undefined, contents);
  expect(inspection.heapContents).not.toBeNull();
  expectChinese(inspection);
});

const logs = resolve(import.meta.dirname, "../fixtures/godebug");

test.each(globSync("*.log", { cwd: logs }).sort())("%s", (name) => {
  const reader = new GcLogReader({ keep: 20, onCycle: undefined });
  reader.push(readFileSync(join(logs, name)));
  const damage = reader.finish().map((each) => ({ ...each, path: name }));
  expectChinese(
    inspectGcLog(reader.summary(), { name, gopatrol: "0.1.0", limitBytes: 64 * 2 ** 20, damage }),
  );
});
