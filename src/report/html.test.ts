import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  healthyReportView,
  insufficientReportView,
  sampleReportView,
} from "../../test/support/sample-report-view.ts";
import { escapeCode, escapeJson } from "./escape-html.ts";
import { renderHtml } from "./html.ts";
import { buildFlameData } from "./html-flame.ts";

const SCRIPT = "(() => {})();";

function sectionIds(html: string): string[] {
  return [...html.matchAll(/<section id="([a-z-]+)"/g)].map((match) => match[1]!);
}

describe("renderHtml", () => {
  test("brings verdict, target, line, rate and fix before everything else", () => {
    const html = renderHtml(sampleReportView(), SCRIPT);
    const top = html.slice(html.indexOf('<section id="verdict"'), html.indexOf('<section id="findings"'));
    expect(top).toContain("Memory leak: a map in cart.(*SessionStore).Put only grows");
    expect(top).toContain("store.go:42</code>");
    expect(top).toContain("1.37\u00a0MB/s (1.34 to 1.4)");
    expect(top).toContain("Delete the entry when the session ends");
    expect(sectionIds(html)).toEqual([
      "verdict",
      "findings",
      "over-time",
      "flame",
      "sites",
      "goroutines",
      "reasoning",
      "missing",
      "captures",
    ]);
  });

  test("leaves out what there is nothing to say about", () => {
    expect(sectionIds(renderHtml(insufficientReportView(), SCRIPT))).toEqual([
      "verdict",
      "findings",
      "reasoning",
      "missing",
      "captures",
    ]);
    const healthy = renderHtml(healthyReportView(), SCRIPT);
    expect(healthy).toContain("No pattern of memory growth was recognised.");
    expect(healthy).not.toContain("Line to change");
  });

  test("a hint alone is no line to change", () => {
    const view = sampleReportView();
    view.findings = view.findings.filter((finding) => finding.severity === "info");
    expect(renderHtml(view, SCRIPT)).not.toContain("Line to change");
  });

  test("escapes every foreign string, wherever it stands", () => {
    const hostile = `<img src=x onerror="alert(1)">'&</script><!--`;
    const poison = <T>(value: T): T => {
      if (typeof value === "string") return hostile as T;
      if (Array.isArray(value)) return value.map(poison) as T;
      if (typeof value !== "object" || value === null) return value;
      const keep = new Set(["language", "outcome", "severity", "state", "unit", "origin"]);
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          keep.has(key) && !isCapture(value) ? item : poison(item),
        ]),
      ) as T;
    };
    const html = renderHtml(poison(sampleReportView()), SCRIPT);
    expect(html).not.toContain("<img");
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html).not.toContain("<!--");
    expect(html).not.toContain('onerror="alert');
  });

  test("its policy allows exactly its own script and style", () => {
    const html = renderHtml(sampleReportView(), SCRIPT);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)![1]!;
    expect(policy).toContain("default-src 'none'");
    const style = /<style>([\s\S]*)<\/style>/.exec(html)![1]!;
    for (const text of [SCRIPT, style]) {
      expect(policy).toContain(`'sha256-${createHash("sha256").update(text).digest("base64")}'`);
    }
    expect(policy).not.toContain("unsafe");
  });

  test("asks nothing of a server and uses no style attribute, which the policy forbids", () => {
    const html = renderHtml(sampleReportView(), SCRIPT);
    expect(html).not.toMatch(/(?:src|href)="(?!#|data:)/);
    expect(html).not.toMatch(/url\(|@import/);
    expect(html).not.toMatch(/<[^>]+ style="/);
  });

  test("embeds the tree of the flame graph as data", () => {
    const view = sampleReportView();
    const html = renderHtml(view, SCRIPT);
    const json = /<script type="application\/json" id="flame-data">(.*?)<\/script>/s.exec(html)![1]!;
    const data = JSON.parse(json);
    expect(data).toEqual(buildFlameData(view.flame!, view.language.labels.flame));
    expect(data.name.map((index: number) => data.strings[index])).toEqual(view.flame!.name);
  });

  test("folds away what is beyond the first rows", () => {
    const view = sampleReportView();
    view.goroutineGroups = Array.from({ length: 40 }, () => view.goroutineGroups[0]!);
    expect(renderHtml(view, SCRIPT)).toContain("<summary>25 more groups</summary>");
  });

  test("refuses a script that would end its own element", () => {
    expect(() => renderHtml(sampleReportView(), "'</script>'")).toThrow("page script");
  });
});

test("escapeJson keeps the value and loses every <", () => {
  const value = { text: "</script><!-- \u2028" };
  expect(escapeJson(value)).not.toContain("<");
  expect(JSON.parse(escapeJson(value))).toEqual(value);
});

test("escapeCode offers a line break after each slash", () => {
  expect(escapeCode("a/b<c>.go:1")).toBe("a/<wbr>b&lt;c&gt;.go:1");
});

function isCapture(value: object): boolean {
  return "elapsed" in value;
}
