import { existsSync, globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(resolve(root, path), "utf8");

test("whatever the patrol publishes under a version has its schema", () => {
  const named = globSync("src/**/*.ts", { cwd: root })
    .filter((path) => !path.endsWith(".test.ts"))
    .flatMap((path) => [...read(path).matchAll(/"gopatrol\.([a-z-]+)\/(v\d+)"/g)])
    .map(([, name, version]) => `docs/schema/${name}-${version}.schema.json`);
  expect(named.length).toBeGreaterThan(10);
  expect([...new Set(named)].filter((path) => !existsSync(resolve(root, path)))).toEqual([]);
});

test("every schema is shown to readers of the documentation", () => {
  const pages = ["README.md", ...globSync("docs/*.md", { cwd: root })].map(read).join("\n");
  const files = globSync("docs/schema/*.json", { cwd: root }).map((path) => path.replace(/^docs\//, ""));
  expect(files.filter((path) => !pages.includes(path))).toEqual([]);
});
