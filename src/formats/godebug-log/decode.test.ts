import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import type { GcCycle, GodebugSink, Scavenge, SchedulerState } from "../../tables/godebug-log.ts";
import { GodebugLogDecoder } from "./decode.ts";
import type { LineTemplate } from "./line-template.ts";
import * as lines from "./lines.ts";

const folder = resolve(import.meta.dirname, "../../../test/fixtures/godebug");
const logs = readdirSync(folder).filter((name) => name.endsWith(".log"));
const readLog = (name: string) => readFileSync(resolve(folder, name));

interface Seen {
  cycles: GcCycle[];
  scavenges: Scavenge[];
  schedules: SchedulerState[];
  counts: Record<string, number>;
}

function collect(): { seen: Seen; sink: GodebugSink } {
  const seen: Seen = { cycles: [], scavenges: [], schedules: [], counts: {} };
  const count = (kind: string) => {
    seen.counts[kind] = (seen.counts[kind] ?? 0) + 1;
  };
  return {
    seen,
    sink: {
      cycle: (cycle) => seen.cycles.push({ ...cycle }),
      scavenge: (scavenge) => seen.scavenges.push({ ...scavenge }),
      scheduler: (state) => seen.schedules.push({ ...state }),
      pacer: () => count("pacer"),
      packageInit: () => count("init"),
      scan: () => count("scan"),
    },
  };
}

function decode(bytes: Uint8Array, chunk = bytes.length) {
  const { seen, sink } = collect();
  const decoder = new GodebugLogDecoder(sink);
  decoder.setReference(Date.UTC(2026, 10, 26));
  for (let at = 0; at < bytes.length; at += chunk) decoder.push(bytes.subarray(at, at + chunk));
  const { damage } = decoder.finish();
  return { ...seen, damage, decoder };
}

const text = (content: string) => new TextEncoder().encode(content);

const TEMPLATES = Object.values(lines) as LineTemplate<string>[];

/** A float of Go up to 1.25 as JavaScript writes it, so that both styles compare; up to 1.9 workers were whole. */
const plainFloats = (line: string) =>
  line
    .replace(/(workers=\d+)\+(\d)/, "$1++$2")
    .replace(/[+-]\d\.\d+e[+-]\d+/g, (float) => `${float.startsWith("+") ? "+" : ""}${Number(float)}`);

test.each(logs)("%s: every line of the runtime reads and writes back as it is", (name) => {
  const all = readLog(name).toString("latin1").split("\n");
  const ofRuntime = all.filter((line) =>
    /^(gc \d|scav |scvg|forced scvg|pacer: |SCHED |init |scan: )/.test(line),
  );
  expect(ofRuntime.length).toBeGreaterThan(100);
  const different: string[] = [];
  for (const line of ofRuntime) {
    const skipped = /^(forced |init \S+)/.exec(line)?.[0] ?? "";
    const bytes = Buffer.from(line.slice(skipped.length), "latin1");
    const expected = bytes.toString("latin1").replace(/ \[[\d ]+\]( schedticks=\[[\d ]+\])?$/, "");
    const written = TEMPLATES.flatMap((template) => {
      if (template.match(bytes, 0, bytes.length) < 0) return [];
      return [template.render(template.values), template.render(template.values, "shortest")];
    });
    if (!written.some((again) => again === expected || plainFloats(again) === plainFloats(expected))) {
      different.push(line);
    }
  }
  // The two lines into which others broke while they were written.
  const broken: Record<string, number> = { "go1.9.7.log": 1, "go1.18.10.log": 1 };
  expect(different).toHaveLength(broken[name] ?? 0);
});

const GC =
  /^gc (\d+) @([\d.]+)s (\d+)%: ([\d.]+)\+([\d.]+)\+([\d.]+) ms clock, ([\d.]+)\+([\d.]+)\/([\d.]+)\/([\d.]+)\+([\d.]+) ms cpu, (\d+)->(\d+)->(\d+) MB, (\d+) MB goal(?:, (\d+) MB stacks, (\d+) MB globals)?, (\d+) P( \(forced\))?$/;

test.each(logs)("%s: every field of every cycle is what the line says, whatever the chunks", (name) => {
  const bytes = readLog(name);
  const expected = bytes
    .toString()
    .split("\n")
    .flatMap((line) => {
      const fields = GC.exec(line);
      return fields === null ? [] : [Array.from(fields).slice(1)];
    });
  for (const chunk of [bytes.length, 1000, 61]) {
    const { cycles } = decode(bytes, chunk);
    expect(cycles).toHaveLength(expected.length);
    for (const [i, cycle] of cycles.entries()) {
      const f = expected[i]!;
      const us = (field: number) => Math.round(Number(f[field]) * 1000);
      expect(cycle).toMatchObject({
        cycle: Number(f[0]),
        startMs: us(1),
        cumulativePercent: Number(f[2]),
        sweepTerminationUs: us(3),
        markUs: us(4),
        markTerminationUs: us(5),
        stoppedCpuUs: us(6) + us(10),
        assistCpuUs: us(7),
        backgroundCpuUs: us(8),
        idleCpuUs: us(9),
        heapStartMib: Number(f[11]),
        heapEndMib: Number(f[12]),
        liveMib: Number(f[13]),
        goalMib: Number(f[14]),
        stacksMib: f[15] === undefined ? Number.NaN : Number(f[15]),
        globalsMib: f[16] === undefined ? Number.NaN : Number(f[16]),
        processors: Number(f[17]),
        forced: f[18] !== undefined,
        leakCheck: false,
      });
    }
  }
});

const CYCLE =
  "gc 7 @1.250s 3%: 0.10+2.0+0.020 ms clock, 0.20+0.50/1.0/0+0.040 ms cpu, 20->22->11 MB, 24 MB goal, 0 MB stacks, 0 MB globals, 2 P";
const WHEN = Date.UTC(2026, 10, 25, 15, 45, 11, 250);

test.each([
  [
    "docker",
    `{"log":"${CYCLE.replaceAll(">", "\\u003e")}\\n","stream":"stderr","time":"2026-11-25T15:45:11.25Z"}`,
  ],
  ["CRI", `2026-11-25T15:45:11.250000000Z stderr F ${CYCLE}`],
  ["CRI, another zone", `2026-11-25T16:45:11.250000000+01:00 stderr F ${CYCLE}`],
  ["compose", `shop-1  | 2026-11-25T15:45:11.250Z ${CYCLE}`],
  ["journalctl", `Nov 25 15:45:11.250 node7 shop[421]: ${CYCLE}`],
  ["journald JSON", `{"_PID":"421","MESSAGE":"${CYCLE}","__REALTIME_TIMESTAMP":"1795621511250000"}`],
  ["klog", `I1125 15:45:11.250000   12345 stderr.go:12] ${CYCLE}`],
  ["Go's log", `2026/11/25 15:45:11.250 ${CYCLE}`],
  ["zap", `{"level":"info","ts":1795621511.250,"msg":"\\t${CYCLE}"}`],
  ["the line before", `{"level":"info","time":"2026-11-25T15:45:11.250Z","msg":"served"}\n${CYCLE}`],
])("%s: the prefix gives the wall clock and does not hide the cycle", (_, line) => {
  const { cycles, damage } = decode(text(`${line}\n`));
  expect(damage).toEqual([]);
  expect(cycles).toMatchObject([{ cycle: 7, heapEndMib: 22, liveMib: 11, processors: 2, wallMs: WHEN }]);
});

test.each(["11 MB,", "2.0+0.020 ms clock", "1.250s"])(
  "a line with a minus before %s is none of the runtime's",
  (part) => {
    const { cycles } = decode(text(`${CYCLE.replace(part, `-${part}`)}\n${CYCLE}\n`));
    expect(cycles).toHaveLength(1);
  },
);

test("colours, tabs and carriage returns around a line do no harm", () => {
  const { cycles } = decode(text(`\u001b[31m\t${CYCLE} (forced)\u001b[0m\r\n`));
  expect(cycles).toMatchObject([{ cycle: 7, forced: true }]);
});

test("a prefix that only tells the time is no source, a container's name is", () => {
  const log = [1, 2].flatMap((n) => [
    `a-1  | 2026-11-25T15:45:1${n}Z ${CYCLE}`,
    `b-1  | 2026-11-25T15:45:1${n}Z ${CYCLE}`,
  ]);
  const { cycles, decoder } = decode(text(log.join("\n")));
  expect(decoder.sources).toEqual(["a-1 |", "b-1 |"]);
  expect(cycles.map((c) => c.source)).toEqual([0, 1, 0, 1]);
});

test("a collection that looks for leaked goroutines says so", () => {
  const { cycles } = decode(text(CYCLE.replace("3%:", "3% (checking for goroutine leaks):")));
  expect(cycles).toMatchObject([{ cycle: 7, leakCheck: true }]);
});

test("Go 1.5: scan and synchronisation count as marking", () => {
  const { cycles } = decode(
    text(
      "gc 3 @0.050s 1%: 0.10+1.0+0.20+2.0+0.30 ms clock, 0.20+1.0+0.20+0.40/1.5/0+0.60 ms cpu, 4->5->2 MB, 4 MB goal, 2 P\n",
    ),
  );
  expect(cycles).toMatchObject([
    {
      sweepTerminationUs: 100,
      markUs: 3200,
      markTerminationUs: 300,
      backgroundCpuUs: 2700,
      stoppedCpuUs: 800,
    },
  ]);
});

test("schedtrace: queues of all Ps add up, old and new brackets", () => {
  const head = "SCHED 502ms: gomaxprocs=2 idleprocs=0 threads=4 spinningthreads=0 ";
  const { schedules } = decode(
    text(
      `${head}idlethreads=1 runqueue=3 [1 2]\n${head}needspinning=0 idlethreads=1 runqueue=3 [ 4 5 ] schedticks=[ 9 9 ]\n`,
    ),
  );
  expect(schedules).toMatchObject([
    { runnable: 6, idleThreads: 1, uptimeMs: 502 },
    { runnable: 12, threads: 4 },
  ]);
});

test("lines of Go 1.4 are counted, not read", () => {
  const { decoder, cycles } = decode(
    text("gc187(8): 1000+0+29001+0 us, 191 -> 383 MB, 1000 (2000-1000) objects, 5 goroutines\n"),
  );
  expect(decoder.ancientLines).toBe(1);
  expect(cycles).toEqual([]);
});

test("every truncation reads the whole lines before it and throws nothing", () => {
  const bytes = readLog("go1.27.2.log").subarray(0, 4000);
  const whole = decode(bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1)).cycles.length;
  let last = 0;
  for (let end = 0; end < bytes.length; end += 7) {
    const { cycles } = decode(bytes.subarray(0, end));
    expect(cycles.length).toBeGreaterThanOrEqual(last);
    last = cycles.length;
  }
  expect(last).toBeLessThanOrEqual(whole + 1);
});

test("ordinary lines that look a little like the runtime's are left alone", () => {
  const { decoder, damage } = decode(
    text(
      "init done @ 3pm\nscan: 4 files\npacer: off\nSCHED now\nmail to me@example.com\nscvg\ngc of old files @ night\n",
    ),
  );
  expect(decoder.lines).toBe(0);
  expect(damage).toEqual([]);
});

test("a line of a megabyte that comes in pieces of a few bytes is put together once", () => {
  const decoder = new GodebugLogDecoder({} as GodebugSink);
  const piece = new Uint8Array(3).fill(0x78);
  for (let n = 0; n < 340_000; n++) decoder.push(piece);
  expect(decoder.finish().damage).toEqual([]);
  expect(decoder.lines).toBe(0);
});
