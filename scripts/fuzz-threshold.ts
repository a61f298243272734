/** Threshold expressions: written at random by their grammar, and such that were broken. */
import { assert } from "../src/lib/assert.ts";
import type { MetricValues } from "../src/patrol/threshold/expression.ts";
import { compileThreshold, type Threshold } from "../src/patrol/threshold/threshold.ts";
import { BREAKAGE, mutate } from "./fuzz-mutate.ts";
import type { FuzzRandom } from "./fuzz-random.ts";

const METRICS = ["latency_ms", "error_rate", "heap_live_bytes", "up", "go_*", "constructor"];
/** Processor time of the thread; several tries, since the collector's work is counted too. */
const MAX_EVALUATION_MS = 5;
const TRIES = 3;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const SEEDS = [
  "latency_ms > 300 OR error_rate > 0.001",
  "NOT (up == 1) AND heap_live_bytes / MiB(512) >= 9 / 10",
  "go_goroutines in [1, 2, 3.5e2] ? latency_ms < -1 : missing(error_rate)",
  "max(latency_ms, abs(-error_rate), 0x1F) != min(1, 2) and (true || !(up < 1))",
  "[1].all(x, x > 1) || cel.bind(x, latency_ms, x > 1) && has(up.__proto__.constructor)",
  "latency_ms.matches(r'^(a+)+$') && \"\"\"'\" in {1: b'\\xff'} // OR",
].map((text) => encoder.encode(text));

const WORDS = [
  "__proto__",
  "prototype",
  "constructor",
  "toString",
  "go_x",
  "null",
  "this",
  "延迟",
  "\u{1f4a5}",
  "ÿ",
  "u",
  "3u",
  "0x",
  "1e999",
  "99999999999999999999",
  "'",
  '"',
  "`",
  "%",
  "=",
  "&",
  "|",
  "?",
  ":",
  "//",
  "\n",
  "\0",
  "\ud800",
];
const COMPARISONS = ["<", "<=", ">", ">=", "==", "!=", " in "];

export const THRESHOLD_SEEDS: readonly Uint8Array[] = SEEDS;

export function makeThreshold(random: FuzzRandom): Uint8Array {
  if (random.once(3)) return mutate(random, SEEDS, BREAKAGE.text);
  if (random.once(50)) return encoder.encode(makeDeep(random));
  return encoder.encode(makeCondition(random, 1 + random.below(7)));
}

/** One kind of nesting, far deeper than is allowed. */
function makeDeep(random: FuzzRandom): string {
  const times = 1 + random.below(3000);
  const [open, close] = random.pick([
    ["(", ")"],
    ["!", ""],
    ["-", ""],
    ["[", "]"],
    ["NOT ", ""],
    ["abs(", ")"],
    ["up?", ":1"],
    ["up.a", ""],
    ["{1:", "}"],
  ]);
  return `${open!.repeat(times)}latency_ms${close!.repeat(times)} > 1${random.pick([" OR up > 1", " + 1", "^"]).repeat(random.below(300))}`;
}

function makeCondition(random: FuzzRandom, depth: number): string {
  if (random.once(60)) return random.pick(WORDS);
  if (depth <= 0 || random.once(4)) {
    return `${makeNumber(random, depth - 1)} ${random.pick(COMPARISONS)} ${makeNumber(random, depth - 1)}`;
  }
  const left = makeCondition(random, depth - 1);
  const right = makeCondition(random, depth - 1);
  switch (random.below(7)) {
    case 0:
      return `NOT (${left})`;
    case 1:
      return `(${left}) ${random.pick(["==", "!="])} (${right})`;
    case 2:
      return `(${left}) ? ${right} : ${makeCondition(random, depth - 2)}`;
    case 3:
      return `missing(${random.pick(METRICS)})`;
    default:
      return `(${left}) ${random.pick(["OR", "AND", "or", "and", "||", "&&"])} ${right}`;
  }
}

function makeNumber(random: FuzzRandom, depth: number): string {
  if (random.once(80)) return random.pick(WORDS);
  if (depth <= 0 || random.once(3)) {
    return random.once(2)
      ? random.pick(METRICS)
      : random.pick(["0", "1", "-3", "0.5", "1e308", "0x7f", "1e-9"]);
  }
  const left = makeNumber(random, depth - 1);
  const right = makeNumber(random, depth - 1);
  switch (random.below(6)) {
    case 0:
      return `${random.pick(["min", "max", "abs", "MiB", "matches", "sqrt"])}(${left}${random.once(2) ? "" : `, ${right}`})`;
    case 1:
      return `-${left}`;
    case 2:
      return `(${makeCondition(random, depth - 1)} ? ${left} : ${right})`;
    case 3:
      return `[${left}, ${right}]`;
    default:
      return `(${left} ${random.pick(["+", "-", "*", "/", "%"])} ${right})`;
  }
}

/** Compiles it; an error has its place, a threshold is answered soon, and truly whatever is missing. */
export function checkThreshold(bytes: Uint8Array): void {
  const source = decoder.decode(bytes);
  const result = compileThreshold(source, METRICS);
  if (!result.ok) {
    assert(result.errors.length > 0, "a refusal says why");
    for (const { message, start, end } of result.errors) {
      assert(message.length > 0 && message.length < 5000, "a message of some length");
      assert(
        0 <= start && start <= end && end <= source.length,
        `place ${start} to ${end} of ${source.length}`,
      );
    }
    return;
  }
  const { threshold } = result;
  assert(threshold.metrics.length > 0, "it names a metric");
  const some = Object.fromEntries(
    threshold.metrics.map((metric, i) => [metric, i % 2 === 0 ? 412.5 : Number.NaN]),
  );
  const all = Object.fromEntries(threshold.metrics.map((metric, i) => [metric, i - 1]));
  for (const values of [{}, some, all, { [threshold.metrics[0]!]: Number.POSITIVE_INFINITY }]) {
    checkTime(threshold, values);
    const { holds, missing } = threshold.evaluate(values);
    if (missing.length === 0 && !source.includes("/") && !source.includes("Infinity")) {
      assert(holds !== null || hasIndefinite(source), `${source} is not known although nothing is missing`);
    }
    assert(threshold.explain(values).length > 0, "there is a reason");
  }
}

/** Sums of huge numbers may be infinite, and their difference is no number. */
function hasIndefinite(source: string): boolean {
  return /1e308|e\+?\d{3}|\d{300}|TiB|GiB|MiB|[*+-]/.test(source);
}

function checkTime(threshold: Threshold, values: MetricValues): void {
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < TRIES && least > MAX_EVALUATION_MS; n++) {
    const before = process.threadCpuUsage();
    threshold.evaluate(values);
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  assert(least <= MAX_EVALUATION_MS, `an evaluation took ${least} ms`);
}
