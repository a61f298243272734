/**
 * npm run conformance:re2 -- [--runs N] [--seed N]
 *
 * Compiles random regular expressions with ours and with the regexp package of the installed Go, and matches the same
 * texts: both refuse, or both find the same.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { PprofError } from "../src/pprof/pprof-error.ts";
import { compileRe2 } from "../src/pprof/re2.ts";
import {
  CPP_FUNCTIONS,
  GO_FUNCTIONS,
  RUST_FUNCTIONS,
} from "../test/support/pprof-conformance/made-profiles.ts";
import { makeExpression } from "./fuzz-expressions.ts";
import { FuzzRandom, hashName } from "./fuzz-random.ts";

const { values: flags } = parseArgs({
  options: { runs: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});
const TEXTS = 8;
const SHOWN = 20;
/** Letters that fold to others, or to several; that are two units of a JavaScript string; ends of lines. */
const LETTERS = [
  ...[
    "a",
    "b",
    "x",
    "z",
    "A",
    "K",
    "k",
    "\u212a",
    "s",
    "\u017f",
    "\u00df",
    "\u1e9e",
    "\u0130",
    "\u0131",
    "i",
    "I",
  ],
  ...[
    "\u03a3",
    "\u03c3",
    "\u03c2",
    "\u00e9",
    "e\u0301",
    "\u{1f600}",
    "\u{10ffff}",
    "\ufffd",
    "\n",
    "\r",
    "\t",
    " ",
    "\u00a0",
    "_",
    "7",
    "\u0661",
  ],
  ...["(", ")", "*", ".", "\\", "{", "}", "[", "]", "tenant=", "64kb", "aaaaaaaa"],
];
const NAMES = [...GO_FUNCTIONS, ...CPP_FUNCTIONS, ...RUST_FUNCTIONS, ""];

const cases = Array.from({ length: Number(flags.runs) }, (_, run) => {
  const random = new FuzzRandom(hashName("re2"), Number(flags.seed), run);
  const expression = makeExpression(random);
  return [expression, ...Array.from({ length: TEXTS }, () => makeText(random))];
});
const theirs = await askGo();
let tooLarge = 0;
let refused = 0;
const differences: string[] = [];
for (const [at, [expression, ...texts]] of cases.entries()) {
  const own = answer(expression!, texts);
  if (own === undefined) tooLarge++;
  else if (own !== theirs[at]) {
    differences.push(JSON.stringify({ expression, texts, own, go: theirs[at] }));
  } else if (own === "-") refused++;
}
console.log(
  `${cases.length} expressions on ${TEXTS} texts each: ${differences.length} answered otherwise than by ` +
    `${execFileSync("go", ["version"], { encoding: "utf8" }).trim()}; ${refused} refused by both, ${tooLarge} too large for ours`,
);
for (const difference of differences.slice(0, SHOWN)) console.log(difference);
if (differences.length > 0) process.exitCode = 1;

function makeText(random: FuzzRandom): string {
  const name = random.once(2) ? random.pick(NAMES) : "";
  return name + Array.from({ length: random.below(6) }, () => random.pick(LETTERS)).join("");
}

/** As the Go program answers; undefined for what we refuse for its size. */
function answer(expression: string, texts: readonly string[]): string | undefined {
  try {
    const compiled = compileRe2(expression, "expression");
    return texts.map((each) => (compiled.test(each) ? "1" : "0")).join("");
  } catch (error) {
    if (!(error instanceof PprofError)) throw error;
    return error.message.endsWith("expression too large") ? undefined : "-";
  }
}

async function askGo(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "conformance-re2-"));
  try {
    const program = join(folder, "go-regexp");
    const source = resolve(import.meta.dirname, "../test/oracles/go-regexp/main.go");
    execFileSync("go", ["build", "-o", program, source], { stdio: "inherit" });
    const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end(cases.map((each) => `${JSON.stringify(each)}\n`).join(""));
    return (await text(child.stdout)).trimEnd().split("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
