/**
 * What history costs: `npm run bench -- store [--targets 10000] [--minutes 3] [--metrics 30]`. First a fleet's minutes, each
 * target's check a batch of its own as the patrol writes them; then a day of few targets, and its size after compaction.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { SqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import type { Batch, Store } from "../src/store/store.ts";
import { runRecord, START, targetRow } from "../test/contracts/store-rows.ts";
import { CRASH_RETENTION } from "../test/support/crash-trial.ts";

const { values } = parseArgs({
  options: {
    targets: { type: "string", default: "10000" },
    minutes: { type: "string", default: "3" },
    metrics: { type: "string", default: "30" },
  },
});
const MINUTE = 60_000;
const IN_FLIGHT = 200;
const metricCount = Number(values.metrics);

let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

/** As Go services measure: counters that rise, sizes that wander, times and shares that jump; ten do not change. */
class SimulatedTarget {
  readonly #id: string;
  readonly #values: Record<string, number> = {};

  constructor(id: string) {
    this.#id = id;
    for (let m = 0; m < metricCount; m++) this.#values[`metric_${m}`] = Math.floor(random() * 1e9);
  }

  batch(minute: number): Batch {
    const atMs = START + minute * MINUTE + 17;
    for (let m = 0; m < metricCount; m++) {
      const name = `metric_${m}`;
      const before = this.#values[name]!;
      if (m % 3 === 0) this.#values[name] = before + Math.floor(random() * 1e5);
      else if (m % 3 === 1) this.#values[name] = Math.max(0, before + Math.floor((random() - 0.5) * 1e6));
      else if (m % 6 === 2) this.#values[name] = random() * 100;
    }
    const run = runRecord(this.#id, START + minute * MINUTE);
    return {
      id: run.id,
      targets: [targetRow(this.#id, atMs)],
      metrics: [{ target: this.#id, atMs, values: { ...this.#values } }],
      runs: [
        {
          ...run,
          latenessMs: Math.floor(random() * 50),
          checks: [{ ...run.checks[0]!, elapsedMs: random() * 50, metrics: { ...this.#values } }],
        },
      ],
    };
  }
}

async function writeAll(store: Store, batches: Iterator<Batch>): Promise<number> {
  let written = 0;
  const writer = async () => {
    for (let next = batches.next(); next.done !== true; next = batches.next()) {
      await store.write(next.value);
      written++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, writer));
  return written;
}

async function measure<T>(name: string, work: () => Promise<T>): Promise<{ result: T; cpuSeconds: number }> {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const result = await work();
  const used = process.cpuUsage(cpu);
  const cpuSeconds = (used.user + used.system) / 1e6;
  const rss = process.memoryUsage.rss() / 1e6;
  console.log(
    `${name}: ${((performance.now() - begun) / 1000).toFixed(1)} s, CPU ${cpuSeconds.toFixed(1)} s, RSS ${rss.toFixed(0)} MB`,
  );
  return { result, cpuSeconds };
}

async function withStore(work: (store: Store, dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "gopatrol-bench-"));
  const store = await SqliteStore.open({ dir, readOnly: false, retention: CRASH_RETENTION, lingerMs: 100 });
  try {
    await work(store, dir);
  } finally {
    await store.close();
    rmSync(dir, { recursive: true });
  }
}

function* minutesOf(targets: readonly SimulatedTarget[], from: number, to: number): Generator<Batch> {
  for (let minute = from; minute < to; minute++) for (const target of targets) yield target.batch(minute);
}

await withStore(async (store, dir) => {
  const [count, minutes] = [Number(values.targets), Number(values.minutes)];
  const targets = Array.from({ length: count }, (_, n) => new SimulatedTarget(`target-${n}`));
  await writeAll(store, minutesOf(targets, 0, 1));
  const { result, cpuSeconds } = await measure(
    `${count} targets, ${minutes} minutes, ${metricCount} metrics and a run each`,
    () => writeAll(store, minutesOf(targets, 1, 1 + minutes)),
  );
  console.log(
    `  ${((result * metricCount) / cpuSeconds).toFixed(0)} measurements a CPU second; ${(((cpuSeconds / minutes) * 100) / 60).toFixed(1)} % of a core at this rate`,
  );
  await measure("  compaction of them", () => store.compact(START + 3 * 3600_000));
  const { result: latest } = await measure("  the latest of each target", () => store.latestMetrics());
  console.log(`  ${latest.length} targets, ${(statSync(join(dir, "history.db")).size / 1e6).toFixed(0)} MB`);
});

await withStore(async (store, dir) => {
  const count = 20;
  const targets = Array.from({ length: count }, (_, n) => new SimulatedTarget(`target-${n}`));
  const day = 1440;
  await measure(`${count} targets, a day`, async () => {
    for (let hour = 0; hour < 24; hour++) {
      await writeAll(store, minutesOf(targets, hour * 60, (hour + 1) * 60));
      await store.compact(START + (hour + 1) * 3600_000 + 15 * MINUTE);
    }
  });
  const bytes = statSync(join(dir, "history.db")).size;
  console.log(
    `  ${(bytes / count / 1000).toFixed(0)} kB a target and day with ${metricCount} metrics a minute, ${(bytes / count / day / metricCount).toFixed(2)} bytes a measurement, runs and five-minute rows included`,
  );
  const range = { fromMs: START, toMs: START + 24 * 3600_000 };
  await measure("  a metric of a target, a day", () => store.metrics("target-3", ["metric_1"], range));
  await measure("  100 runs of a target", () => store.runs("target-3", range, 100));
});
