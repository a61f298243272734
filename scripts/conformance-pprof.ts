/**
 * Compares `gopatrol pprof` with the `go tool pprof` of the installed Go, byte by byte, over every profile and
 * combination of options in test/support/pprof-conformance, and interactive sessions with what they say on stderr. With
 * `--record` writes what is expected where there is no Go. `--only <text>` takes cases whose name holds it,
 * `--combination` and `--without <text>` combinations (`--combination session` none but sessions), `--show <n>` prints so
 * many differences in full.
 */
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs, promisify } from "node:util";
import { listCases } from "../test/support/pprof-conformance/cases.ts";
import { COMBINATIONS } from "../test/support/pprof-conformance/combinations.ts";
import { findDeliberateDifference } from "../test/support/pprof-conformance/deliberate.ts";
import { writeExpected } from "../test/support/pprof-conformance/expected.ts";
import {
  fillWords,
  normalizeOutput,
  REFUSED,
  runOwn,
  runOwnSession,
  type SessionOutput,
  writeFiles,
  writeSources,
} from "../test/support/pprof-conformance/run-case.ts";
import { listSessionCases, nameSession, SESSIONS } from "../test/support/pprof-conformance/sessions.ts";

const run = promisify(execFile);
/** pprof has no order where nodes differ in what is not printed; a few runs show whether that is the case. */
const ORACLE_ROUNDS = 8;
const MOST_ORACLE_ROUNDS = 16;
const AT_ONCE = 2;

const { values: flags } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    combination: { type: "string", default: "" },
    without: { type: "string", default: "no such combination" },
    show: { type: "string", default: "1" },
    record: { type: "boolean", default: false },
  },
});
process.env["TZ"] = "UTC";
const environment = { ...process.env, GOTOOLCHAIN: "local", GOPROXY: "off", PPROF_TMPDIR: tmpdir() };
const pprof = (await run("go", ["tool", "-n", "pprof"], { env: environment })).stdout.trim();
const goVersion = (await run("go", ["env", "GOVERSION"], { env: environment })).stdout.trim();
// Built on its first use.
await run("go", ["tool", "pprof", "-h"], { env: environment }).catch(() => {});

const folder = mkdtempSync(join(tmpdir(), "pprof-conformance-"));
const sourceFolder = join(folder, "source");
writeSources(sourceFolder);
const cases = listCases().filter(({ name }) => name.includes(flags.only));
const sessionCases = listSessionCases().filter(({ name }) => name.includes(flags.only));
const sessions = SESSIONS.filter(({ name }) => `session ${name}`.includes(flags.combination));
const combinations = COMBINATIONS.filter((words) => words.join(" ").includes(flags.combination)).filter(
  (words) => !words.join(" ").includes(flags.without),
);
const expected = new Map<string, string>();
const differences: string[] = [];
const deliberate = new Map<string, number>();
let same = 0;
let unordered = 0;
let refused = 0;
let sameSessions = 0;
let unorderedSessions = 0;

try {
  const queue = [...cases];
  await Promise.all(Array.from({ length: AT_ONCE }, work));

  async function work(): Promise<void> {
    for (let each = queue.shift(); each !== undefined; each = queue.shift()) {
      const place = join(folder, each.name);
      writeFiles(each, place);
      for (const combination of combinations) {
        const words = fillWords(["-symbolize=none", ...combination, ...each.words], place, sourceFolder);
        await compare(`${each.name} ${combination.join(" ")}`, combination, words);
      }
    }
  }

  for (const each of sessionCases) {
    const place = join(folder, each.name);
    writeFiles(each, place);
    for (const session of sessions) {
      const words = fillWords(["-symbolize=none", ...each.words], place, sourceFolder);
      const [input] = fillWords([`${session.lines.join("\n")}\n`], place, sourceFolder);
      await compareSession(nameSession(each, session), words, input!);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function compare(
  name: string,
  combination: readonly string[],
  words: readonly string[],
): Promise<void> {
  const own = normalizeOutput(combination, await runOwn(words), sourceFolder);
  const wanted = normalizeOutput(combination, await askOracle(words), sourceFolder);
  expected.set(name, wanted);
  if (own === wanted) {
    same++;
    if (own === REFUSED) refused++;
    return;
  }
  const others = [wanted];
  const rounds = withoutOrder(own) === withoutOrder(wanted) ? MOST_ORACLE_ROUNDS : ORACLE_ROUNDS;
  for (let round = 1; round < rounds && !others.includes(own); round++) {
    others.push(normalizeOutput(combination, await askOracle(words), sourceFolder));
  }
  // Where pprof picks among equals, its outputs differ in more than their order, and no other is the right one.
  const isPicked = new Set(others.map(withoutOrder)).size > 1;
  const isUnordered =
    isPicked ||
    (others.some((other) => other !== wanted) &&
      others.some((other) => withoutOrder(other) === withoutOrder(own)));
  if (isUnordered || others.includes(own)) {
    unordered++;
    expected.delete(name);
    return;
  }
  const reason = findDeliberateDifference(name);
  if (reason !== undefined) {
    deliberate.set(reason, (deliberate.get(reason) ?? 0) + 1);
    expected.delete(name);
    return;
  }
  differences.push(name);
  if (differences.length > Number(flags.show)) return;
  console.log(`\n== ${name}\n${describeDifference(own, wanted)}`);
}

/** Of what goes to stderr, only what the two may say in the same words is compared: not help, not syntax errors. */
async function compareSession(name: string, words: readonly string[], input: string): Promise<void> {
  const own = await runOwnSession(words, input);
  const wanted = await askOracleSession(words, input);
  const mine = own.stdout.replaceAll(sourceFolder, "{src}");
  const theirs = wanted.stdout.replaceAll(sourceFolder, "{src}");
  expected.set(name, theirs);
  if (mine === theirs && own.stderr === wanted.stderr) {
    sameSessions++;
    return;
  }
  const isUnordered = mine !== theirs && (await askOracleSession(words, input)).stdout !== wanted.stdout;
  if (isUnordered) {
    unorderedSessions++;
    expected.delete(name);
    return;
  }
  differences.push(name);
  if (differences.length > Number(flags.show)) return;
  const [left, right] = mine === theirs ? [own.stderr, wanted.stderr] : [mine, theirs];
  console.log(`\n== ${name}\n${describeDifference(left, right)}`);
}

async function askOracleSession(words: readonly string[], input: string): Promise<SessionOutput> {
  const child = spawn(pprof, [...words], { env: environment, cwd: sourceFolder });
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr };
}

/** What is left to compare where pprof numbers and sorts as it happens: the lines, without calls between numbers. */
function withoutOrder(output: string): string {
  const lines = output.split("\n").filter((line) => !/^N\d+ -> N\d+ /.test(line));
  return lines
    .map((line) => line.replace(/\b(N+|node)\d+(_\d+)?\b/g, "N"))
    .toSorted()
    .join("\n");
}

async function askOracle(words: readonly string[]): Promise<string> {
  try {
    return (await run(pprof, [...words], { env: environment, maxBuffer: 256 * 2 ** 20, cwd: sourceFolder }))
      .stdout;
  } catch (error) {
    if ((error as { code?: unknown }).code === 2) return REFUSED;
    throw error;
  }
}

function describeDifference(own: string, wanted: string): string {
  const [left, right] = [own.split("\n"), wanted.split("\n")];
  const at = left.findIndex((line, row) => line !== right[row]);
  const row = at < 0 ? left.length : at;
  const around = (lines: string[]): string => lines.slice(Math.max(0, row - 2), row + 4).join("\n");
  return `line ${row + 1}\n-- gopatrol\n${around(left)}\n-- go tool pprof\n${around(right)}`;
}

const isPart = flags.only !== "" || flags.combination !== "";
if (flags.record) writeExpected(goVersion, expected, isPart);
const total = cases.length * combinations.length;
console.log(
  `${cases.length} profiles × ${combinations.length} combinations against pprof of ${goVersion}: ${same} of ${total} the same (${refused} refused by both), ` +
    `${unordered} where pprof's own order changes from run to run, ${differences.length} different`,
);
console.log(
  `${sessionCases.length} profiles × ${sessions.length} sessions, with what they say on stderr: ${sameSessions} of ` +
    `${sessionCases.length * sessions.length} the same, ${unorderedSessions} where pprof's own order changes from run to run`,
);
for (const [reason, count] of deliberate) console.log(`${count} different on purpose: ${reason}`);
for (const name of differences.slice(0, 40)) console.log(`  different: ${name}`);
if (differences.length > 0) process.exitCode = 1;
