import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import type { AlertFinding } from "../../src/patrol/alert.ts";
import { judgeFinding } from "../../src/patrol/alerting/judge.ts";
import {
  collectSentences,
  translateReason,
  translateSummary,
} from "../../src/patrol/messages/translate-reason.ts";
import { writeCard } from "../../src/patrol/messages/write-card.ts";
import { REASONS } from "../../src/patrol/messages/zh-reasons.ts";
import { type Diagnosis, FindingBook } from "../../src/patrol/run/finding-book.ts";
import { explainTarget } from "../../src/patrol/why/explain-target.ts";
import { renderWhy } from "../../src/patrol/why/render-why.ts";
import { sampleAlert, sampleNotification } from "../deliver/sample-notifications.ts";
import { findEnglish } from "../support/english-left.ts";
import { loadRecordedInspection } from "../support/recorded-inspection.ts";
import { AlertScene, MINUTE, receiver, route } from "./alert-scene.ts";

/** Where reasons are made: a problem's message, a step's detail, an observation's reason. */
const SOURCES = [
  "src/probe/**/*.ts",
  "src/patrol/{alerting,notifying,resilience}/*.ts",
  "src/patrol/run/{permission,precheck,run-checks,run-life}.ts",
  "src/daemon/{overdue-watch,patrol,patrol-notices,run-gate}.ts",
  "src/deliver/notify/{email,feishu,http-post,slack,wecom}.ts",
];
const root = resolve(import.meta.dirname, "../..");
const LITERAL = String.raw`("(?:[^"\\]|\\.)*"|\`(?:[^\`\\]|\\.)*\`)`;
const SENTENCE = new RegExp(
  String.raw`(?:new ProbeFailure\(\s*"[\w-]+",|noNumbers\(url,|noPprof\(where,|notPermitted\(|skip\(\s*config,\s*"[\w-]+",|skipped\(|refusals\.push\(|observe\(\w+, \w+,|noteHeadroom\(target, \w+,|raise\("\w+",|this\.#result\(atMs, "\w+",|\b(?:message|detail|reason|held|why):|reason =|holds\s*\?|\?\? \(|return)\s*${LITERAL}`,
  "g",
);

/** What stands in a sentence where the source has an expression; everything else is a number. */
const SAMPLES: Readonly<Record<string, string>> = {
  where: "GET http://10.0.0.7:6060/debug/vars",
  answered: "GET http://10.0.0.7:6060/debug/vars: answered 401",
  said: "GET http://10.0.0.7:6060/debug/vars: answered 500",
  explained: "latency_ms = 412 > 300",
  reason: "latency_ms = 412 > 300",
  headline: "latency_ms = 412 > 300",
  to: " to http://elsewhere",
  whose: "GOMEMLIMIT",
  ago: "7 min ago",
  "error.message": "refused",
  "problem.message": "connection refused",
  'isPage ? "another page" : "something else"': "another page",
};

/** Given to a function that puts the place before it, or the end behind it. */
const PARTS =
  /^(answered with something|has no |is no heap|the process($| that listens on port 7$)|7 \+7 bytes|none is configured|nothing changed|taken by|7 within the hour|7 belongs)|the body 7/;

const sentences = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: root }))
  .filter((path) => !path.endsWith(".test.ts"))
  .flatMap((path) =>
    [...readFileSync(resolve(root, path), "utf8").matchAll(SENTENCE)].map(([, literal]) => ({
      path,
      english: sampleOf(literal!),
    })),
  )
  // A literal inside a literal is found by itself; a part of a sentence is not one.
  .filter(({ english }) => /[a-z]+ [a-z]+/.test(english) && !english.includes("${") && !PARTS.test(english));

/** The text of a literal; what is filled in becomes something like it. */
function sampleOf(literal: string): string {
  return literal.slice(1, -1).replace(/\$\{([^}]*)\}/g, (_, source: string) => SAMPLES[source] ?? "7");
}

test("the sources hold the sentences that are looked for", () => {
  expect(sentences.length).toBeGreaterThan(75);
});

test("every reason in the sources has its Chinese", () => {
  const missing = sentences.filter(({ english }) => {
    const chinese = translateReason(english);
    const quoted = /`(?!chmod)[^`]*[a-z]+ [a-z]+[^`]*`/.test(chinese);
    return quoted || findEnglish(chinese).length > 0;
  });
  expect(missing).toEqual([]);
});

test.each(Object.entries(REASONS))("%s", (english, chinese) => {
  const names = (text: string) => new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  for (const name of names(chinese)) expect(names(english)).toContain(name);
  expect(findEnglish(chinese.replaceAll(/\{\w+\}/g, "7"))).toEqual([]);
});

test.each([
  [
    "latency_ms = 401 > 300; it fires if it holds for 5 min and in 3 samples",
    "latency_ms = 401 > 300；若持续 5 min 且在 3 个样本中成立，则触发",
  ],
  [
    "error_rate is missing (GET http://10.0.0.7:6060/metrics: connection refused.)",
    "缺少 error_rate（GET http://10.0.0.7:6060/metrics：连接被拒绝）",
  ],
  [
    "heap_bytes = 419430400 (400 MB), not < 300; heap_bytes = 419430400 (400 MB) > 1 for 2 h 5 min, 3 times within the hour",
    "heap_bytes = 419430400 (400 MB)，不满足 < 300；heap_bytes = 419430400 (400 MB) > 1，已持续 2 h 5 min，一小时内第 3 次",
  ],
  [
    "not max(a_ms, b_ms) > 2 * c_ms (a_ms = 1, b_ms = 2, c_ms = 3)",
    "不满足 max(a_ms, b_ms) > 2 * c_ms（a_ms = 1, b_ms = 2, c_ms = 3）",
  ],
  [
    "HTTP 500: internal error at line 3; tried again in 2 s",
    "HTTP 500：`internal error at line 3`；2 s 后重试",
  ],
  ["redis 10.0.0.7:6379: ERR unknown command.", "redis 10.0.0.7:6379：`ERR unknown command.`"],
  ["the moon is made of cheese", "`the moon is made of cheese`"],
])("%s", (english, chinese) => {
  expect(translateReason(english)).toBe(chinese);
});

test("the configuration's own words stay before a reason", () => {
  expect(translateSummary("Checkout is slow: latency_ms = 412 > 300")).toBe(
    "Checkout is slow：latency_ms = 412 > 300",
  );
  expect(translateSummary("Call Ann: she knows")).toBe("Call Ann: she knows");
});

test("what a service answers cannot make a translation slow", () => {
  const hostile = `${"GET http://a: (x) for ".repeat(20)}; ${"a, b = c; ".repeat(20)}`;
  expect(translateReason(hostile)).toContain("`");
});

/** A finding of a recorded service, from the run that found it to the one that did not any more. */
test("a finding is told in the reader's language, in messages and in the story", async () => {
  const scene = new AlertScene({ routes: [route({ receivers: ["wecom"] })], receivers: [receiver("wecom")] });
  const book = new FindingBook([]);
  const target = "shop";
  const names = new Set<string>();
  for (const twin of ["leaky", "fixed"]) {
    const inspection = loadRecordedInspection(`data-unbounded-map-${twin}-go1.26.8`);
    const diagnosis: Diagnosis = {
      target,
      kind: "inspect",
      runId: twin,
      atMs: scene.nowMs,
      inspection,
      captures: [],
    };
    for (const finding of book.update(diagnosis)) {
      for (const part of finding.site.split(/[ ()]+/)) names.add(part);
      scene.board.observe(judgeFinding(finding, {}));
    }
    await scene.pass(10 * MINUTE);
  }
  const config = { targets: [], checks: [], routes: [route({ receivers: ["wecom"] })] };
  const states = [...scene.board.states];
  const seen = new Map([[target, {}]]);
  const report = explainTarget({
    target,
    nowMs: scene.nowMs,
    config,
    seen,
    states,
    events: scene.events,
    runs: [],
  });
  const story = renderWhy(report, "zh", "Asia/Shanghai");
  expect(story).toMatch(/触发：[\s\S]*恢复：不再出现：/);
  const own = [...names].filter((name) => name.length > 1).sort((a, b) => b.length - a.length);
  expect(story.split("\n").flatMap((line) => findEnglish(line, own))).toEqual([]);
  expect(renderWhy(report, "en", "UTC")).toContain("no longer seen: ");

  const [sent] = scene.sent;
  const card = writeCard(sent!, "zh", "Asia/Shanghai");
  const lines = card.entries.flatMap(({ lines }) => lines);
  expect(lines.some((line) => line.startsWith("修复："))).toBe(true);
  expect(lines.flatMap((line) => findEnglish(line, own))).toEqual([]);
});

test("a finding that an older version stored is told as it was written", () => {
  const finding: AlertFinding = { headline: "A map only grows.", site: "", fix: ["Delete entries."] };
  expect([...collectSentences([finding])]).toEqual([]);
  const notification = sampleNotification({ alerts: [sampleAlert({ summary: finding.headline, finding })] });
  const [entry] = writeCard(notification, "zh", "UTC").entries;
  expect(entry!.lines).toEqual(expect.arrayContaining(["A map only grows.", "修复：Delete entries."]));
});
