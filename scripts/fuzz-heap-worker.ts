/** Reads broken cores one after the other, as its parent (fuzz-heap.ts) asks, and says what came of each. */
import { ArraySource } from "../src/bytes/byte-source.ts";
import { DecodeError } from "../src/bytes/decode-error.ts";
import { decodeElf } from "../src/formats/elf/elf-file.ts";
import { answerView } from "../src/heap/answers/answer-view.ts";
import { buildHeapReport } from "../src/heap/answers/heap-report.ts";
import { describeHeapContents } from "../src/heap/contents/heap-contents.ts";
import { readHeap } from "../src/heap/heap-snapshot.ts";
import { openCore } from "../src/heap/memory/process-image.ts";
import { renderHeapText } from "../src/report/heap/text.ts";
import { RECORDED_CORES, recordedCore } from "../test/support/known-heap.ts";
import { FuzzRandom } from "./fuzz-random.ts";
import { type BrokenHeap, breakHeap, findPlaces, type HeapSeed } from "./heap-mutations.ts";

/** What the parent asks for. */
export interface FuzzTask {
  seed: number;
  mutation: number;
}

export interface FuzzAnswer extends FuzzTask {
  name: string;
  where: string[];
  /** "read", "read, damage is told", "refused: …", or "crashed". */
  outcome: string;
  /** Of a crash. */
  stack: string;
  cpuMs: number;
}

const VIEWS = ["goroutines", "channels", "strings", "spans", "finalizers"] as const;

const seeds: HeapSeed[] = [];
for (const name of [
  ...RECORDED_CORES,
  "held-go1.26.8",
  "locals-go1.19.13",
  "locals-go1.26.8",
  "busy-go1.26.8-arm64-stripped",
]) {
  const { core, exe } = recordedCore(name);
  seeds.push(await findPlaces(name, core, exe));
}
process.on("message", (task: FuzzTask) => void answer(task));
process.on("disconnect", () => process.exit());
process.send!("ready");

async function answer({ seed, mutation }: FuzzTask): Promise<void> {
  const random = new FuzzRandom(seed * 7919, mutation * 104_729, 5);
  const intact = random.pick(seeds);
  const broken = breakHeap(random, intact);
  const before = process.cpuUsage();
  let outcome: string;
  let stack = "";
  try {
    outcome = await readBroken(broken, random);
  } catch (error) {
    const isRefusal = error instanceof DecodeError && error.message !== "" && error.hint !== "";
    outcome = isRefusal ? `refused: ${error.message}` : "crashed";
    if (!isRefusal) stack = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  }
  const { user, system } = process.cpuUsage(before);
  broken.mend();
  const result: FuzzAnswer = {
    seed,
    mutation,
    name: intact.name,
    where: broken.where,
    outcome,
    stack,
    cpuMs: (user + system) / 1000,
  };
  process.send!(result);
}

async function readBroken({ core, exe }: BrokenHeap, random: FuzzRandom): Promise<string> {
  const heap = await readHeap(openCore(decodeElf(new ArraySource(core)), decodeElf(new ArraySource(exe))));
  const report = buildHeapReport(heap, { top: 50 });
  renderHeapText(report, { width: 100, color: false, tag: "en" });
  await answerView(heap, { view: random.pick(VIEWS), what: "", top: 20, showValues: true });
  describeHeapContents(heap, { source: "core", pauseMs: undefined });
  const { badPointers, damagedSpans, missingBytes, missingShare, unknownMasks, incompleteStacks } =
    report.checks;
  const told = badPointers + damagedSpans + missingBytes + missingShare + unknownMasks + incompleteStacks > 0;
  return told ? "read, damage is told" : "read";
}
