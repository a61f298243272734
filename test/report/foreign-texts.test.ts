import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { FOREIGN } from "../../src/report/messages/zh/foreign.ts";
import { translate, UNTRANSLATED } from "../../src/report/messages/zh/translate.ts";

/** Where sentences are made that reach a report without being statements. */
const SOURCES = "src/{bytes,bundle,capture,formats,inspect}/**/*.ts";
const root = resolve(import.meta.dirname, "../..");
const sources = globSync(SOURCES, { cwd: root })
  .filter((path) => !path.endsWith(".test.ts"))
  .map((path) => ({ path, text: readFileSync(resolve(root, path), "utf8") }));

/** A string that is given as what is wrong, as damage or as a hint. */
const SENTENCE =
  /(?:damage\.add\([^"`']*?|what(?:\.push\(| = |: )|hint(?: =|:) |DecodeError\(|new CaptureError\(\s*"[\w-]+",|(?:malformed|cutShort|broken|fail)\()\s*(?:row, )?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)/g;

const sentences = sources.flatMap(({ path, text }) =>
  [...text.matchAll(SENTENCE)].map(([, literal]) => ({ path, english: sampleOf(literal!) })),
);

/** The text of a literal; what is filled in becomes a number. */
function sampleOf(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(/^\$\{where\}: /, "GET http://127.0.0.1:6060/: ")
    .replace(/\$\{[^}]*\}/g, "7")
    .replace(/^7[;.] /, "")
    .replace(/\\(.)/g, "$1");
}

test("the sources hold the sentences that are looked for", () => {
  expect(sentences.length).toBeGreaterThan(60);
});

test("every sentence of capture and of the decoders has its Chinese", () => {
  // Some are given without their subject, which a helper puts before them.
  const subjects = ["", "a sample ", "the manifest ", "the archive "];
  const missing = sentences.filter(
    ({ english }) =>
      /[a-z] [a-z]/i.test(english.replace(/^the (manifest|archive) 7$|^inputs disagree: 7$/, "")) &&
      // A literal inside a literal: its parts are found by themselves.
      !english.includes("${") &&
      subjects.every((subject) => translate(subject + english) === UNTRANSLATED),
  );
  expect(missing).toEqual([]);
});

test.each(Object.entries(FOREIGN))("%s", (english, chinese) => {
  const names = (text: string) => new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  for (const name of names(chinese)) expect(names(english)).toContain(name);
});

test("names and numbers are carried over, clause by clause", () => {
  expect(
    translate(
      'GET http://a:1/debug/vars: answered 404 "404 page not found"; if the service has pprof elsewhere, give its path, as in http://host:port/prefix/debug/pprof.',
    ),
  ).toBe(
    "GET http://a:1/debug/vars：响应状态为 404，内容为 `404 page not found`；如果服务的 pprof 在别处，请给出路径，例如 http://host:port/prefix/debug/pprof。",
  );
  expect(
    translate("pprof: no whole sample is left at byte 12 (0xc). The file looks cut short; fetch it again."),
  ).toBe("pprof 格式，字节偏移 12 处：没有留下任何完整的样本；文件看起来被截断；请重新获取。");
});

test("what is not known is told to be in the JSON report", () => {
  expect(translate("the moon is made of cheese.")).toBe(UNTRANSLATED);
  expect(translate("the moon is made of cheese.", "as it is")).toBe("as it is");
});
