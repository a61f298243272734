import { expect, test } from "vitest";
import { completeLine } from "./complete-line.ts";

const WORDS = {
  functions: () => ["main.main", "main.(*Cart).Add", "main.(*Cart).Remove", "runtime.mallocgc"],
  labelKeys: () => ["tenant", "bytes"],
  sampleTypes: ["alloc_space", "inuse_space"],
  shortcuts: ["inuse_space", "mean_inuse_space"],
};
const complete = (line: string) => completeLine(line, WORDS);

test("commands, options and shortcuts by their beginning", () => {
  expect(complete("tr")).toEqual([["traces", "tree", "trim", "trim_path="], "tr"]);
  expect(complete("inuse_s")[0]).toEqual(["inuse_space"]);
  expect(complete("nosuch")[0]).toEqual([]);
  expect(complete("help edge")).toEqual([["edgefraction"], "edge"]);
  expect(complete("")[0].length).toBeGreaterThan(50);
});

test("functions as expressions that match them, also behind a minus and for top10", () => {
  expect(complete("peek main.m")).toEqual([["main\\.main"], "main.m"]);
  expect(complete("top10 -runt")).toEqual([["-runtime\\.mallocgc"], "-runt"]);
  expect(complete("list Remove")[0]).toEqual(["main\\.\\(\\*Cart\\)\\.Remove"]);
  for (const candidate of complete("list main\\.")[0]) {
    expect(WORDS.functions().some((name) => new RegExp(`^${candidate}$`).test(name))).toBe(true);
  }
});

test("where several hold the word, all are shown and the word stays", () => {
  expect(complete("peek Cart")[0]).toEqual([
    "Cart",
    "main\\.\\(\\*Cart\\)\\.Add",
    "main\\.\\(\\*Cart\\)\\.Remove",
  ]);
});

test("values of options", () => {
  expect(complete("sample_index=a")[0]).toEqual(["sample_index=alloc_space"]);
  expect(complete("sort=")[0]).toEqual(["sort=cum", "sort=flat"]);
  expect(complete("mean=t")[0]).toEqual(["mean=true"]);
  expect(complete("tagfocus=ten")[0]).toEqual(["tagfocus=tenant="]);
  expect(complete("tagroot=b")[0]).toEqual(["tagroot=bytes"]);
  expect(complete("focus=runtime")[0]).toEqual(["focus=runtime\\.mallocgc"]);
  expect(complete("nodecount=1")[0]).toEqual([]);
  expect(complete("tags ten")[0]).toEqual(["tenant"]);
});

test("of thousands some are shown, which share what all share", () => {
  const functions = () => Array.from({ length: 5000 }, (_, at) => `pkg.F${at}`);
  const [shown] = completeLine("peek pkg", { ...WORDS, functions });
  expect(shown.length).toBe(40);
  expect(shown).toContain("pkg\\.F999");
});
