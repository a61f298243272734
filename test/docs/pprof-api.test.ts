import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as api from "../../src/pprof/index.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures");
const PAGE = readFileSync(join(import.meta.dirname, "../../docs/pprof-api.md"), "utf8");
/** What the examples read, by the name they give it. */
const FILES = {
  "heap.pb.gz": "profiles/go1.26.8-heap.pb.gz",
  "before.pb.gz": "profiles/go1.24.11-heap.pb.gz",
  "heap.txt": "text/go1.27/heap.txt",
  "goroutines.txt": "text/go1.27/goroutine-dump.txt",
};
const EXAMPLES = [...PAGE.matchAll(/^```ts\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm)].map(
  ([, code, printed]) => ({ code: code!, printed: printed ?? "" }),
);

/** Imports one example after the other and prints what each has printed. */
const RUNNER = `
const printed = [];
console.log = (...words) => void printed[printed.length - 1].push(format(...words));
import { format } from "node:util";
for (const name of process.argv.slice(2)) {
  printed.push([]);
  await import(name);
}
process.stdout.write(JSON.stringify(printed.map((lines) => lines.join("\\n"))));
`;

let folder: string;
let outputs: string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pprof-api-"));
  for (const [name, fixture] of Object.entries(FILES))
    copyFileSync(join(FIXTURES, fixture), join(folder, name));
  const library = pathToFileURL(join(import.meta.dirname, "../../src/pprof/index.ts")).href;
  const files = EXAMPLES.map(({ code }, at) => {
    const path = join(folder, `example-${at}.ts`);
    writeFileSync(path, code.replace('"gopatrol/pprof"', JSON.stringify(library)));
    return path;
  });
  writeFileSync(join(folder, "run.mjs"), RUNNER);
  const env = { ...process.env, NO_COLOR: "1" };
  outputs = JSON.parse(
    execFileSync(process.execPath, [join(folder, "run.mjs"), ...files], {
      cwd: folder,
      encoding: "utf8",
      env,
    }),
  ) as string[];
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the examples of docs/pprof-api.md print what the page says", () => {
  const titles = EXAMPLES.map(({ code }) => /import \{ (.*) \} from "gopatrol\/pprof"/.exec(code)![1]!);
  test.each(titles.map((title, at) => [title, at] as const))("%s", (_, at) => {
    const plain = (text: string) => text.replaceAll(/[ \t]+$/gm, "").trimEnd();
    expect(plain(outputs[at]!)).toBe(plain(EXAMPLES[at]!.printed));
  });
});

test("everything that is exported has an example", () => {
  const used = EXAMPLES.map(({ code }) => code).join("");
  expect(Object.keys(api).filter((name) => !new RegExp(`\\b${name}\\b`).test(used))).toEqual([]);
});
