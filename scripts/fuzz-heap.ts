/**
 * Breaks the recorded cores and their executables at random and reads them: whatever comes, the analyser ends in
 * bounded time with a report or a DecodeError.
 *
 *   npm run heap:fuzz [-- count seed first]     default 300 mutations
 */
import { performance } from "node:perf_hooks";
import { ArraySource } from "../src/bytes/byte-source.ts";
import { DecodeError } from "../src/bytes/decode-error.ts";
import { decodeElf } from "../src/formats/elf/elf-file.ts";
import { buildHeapReport } from "../src/heap/answers/heap-report.ts";
import { readHeap } from "../src/heap/heap-snapshot.ts";
import { openCore } from "../src/heap/memory/process-image.ts";
import { renderHeapText } from "../src/report/heap/text.ts";
import { RECORDED_CORES, recordedCore } from "../test/support/known-heap.ts";
import { FuzzRandom } from "./fuzz-random.ts";

const HOSTILE = [
  0n,
  1n,
  7n,
  0xffn,
  0xffffn,
  0x7fffffffn,
  0xffffffffn,
  2n ** 40n,
  2n ** 48n - 8n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const SLOW_MS = 30_000;
const [count = "300", seed = "1", first = "0"] = process.argv.slice(2);
const seeds = RECORDED_CORES.map((name) => ({ name, ...recordedCore(name) }));
const outcomes = new Map<string, number>();
let slowest = 0;
let failures = 0;
for (let i = Number(first); i < Number(first) + Number(count); i++) {
  const random = new FuzzRandom(Number(seed) * 7919, i * 104_729, 5);
  const { name, core, exe } = seeds[random.below(seeds.length)]!;
  const broken = { core: new Uint8Array(core), exe: new Uint8Array(exe) };
  const where = random.below(10);
  if (where === 0) breakWords(random, broken.core.subarray(0, 4096));
  else if (where === 1) breakWords(random, broken.exe.subarray(0, 4096));
  else if (where <= 3) breakWords(random, broken.exe);
  else breakWords(random, broken.core);
  if (random.below(20) === 0) broken.core = broken.core.slice(0, random.below(broken.core.length));
  const start = performance.now();
  let outcome: string;
  try {
    const image = openCore(decodeElf(new ArraySource(broken.core)), decodeElf(new ArraySource(broken.exe)));
    renderHeapText(buildHeapReport(await readHeap(image), { top: 50 }), {
      width: 100,
      color: false,
      tag: "en",
    });
    outcome = "read";
  } catch (error) {
    outcome = error instanceof DecodeError ? `refused: ${error.message.slice(0, 50)}` : "CRASHED";
    if (outcome === "CRASHED") {
      failures++;
      console.error(`${name}, seed ${seed}, mutation ${i}:`, error);
    }
  }
  const took = performance.now() - start;
  slowest = Math.max(slowest, took);
  if (took > SLOW_MS) {
    failures++;
    console.error(`${name}, seed ${seed}, mutation ${i}: took ${Math.round(took)} ms`);
  }
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}
const peak = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(
  `${count} mutations: ${JSON.stringify(Object.fromEntries(outcomes))}, slowest ${Math.round(slowest)} ms, at most ${peak} MB`,
);
process.exitCode = failures === 0 ? 0 : 1;

/** Some words, the more the likelier that a structure is hit: single ones, and runs side by side. */
function breakWords(random: FuzzRandom, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const times = 1 + random.below(40);
  for (let i = 0; i < times; i++) {
    const at = random.below(Math.floor(bytes.length / 8)) * 8;
    const kind = random.below(4);
    if (kind === 0) view.setBigUint64(at, HOSTILE[random.below(HOSTILE.length)]!, true);
    else if (kind === 1) view.setUint8(at, view.getUint8(at) ^ (1 << random.below(8)));
    else if (kind === 2)
      view.setBigUint64(at, view.getBigUint64(at, true) + BigInt(random.below(64)) * 8n, true);
    else {
      const from = random.below(Math.floor(bytes.length / 8)) * 8;
      bytes.copyWithin(at, from, from + 8 * (1 + random.below(16)));
    }
  }
}
