import type { CycleRow } from "../analysis/gc-cycles/gc-cycles.ts";
import type { Distribution } from "../analysis/gc-cycles/quantile-sketch.ts";
import type { GcSection } from "../inspect/gc-section.ts";
import type { Unit } from "../lib/quantity.ts";
import type { Labels } from "./messages/labels.ts";
import type { TableView } from "./report-view.ts";
import type { Words } from "./report-words.ts";

/** A log of restarts may hold many; the last ones are of interest. */
const PROCESSES_SHOWN = 12;
const INITS_SHOWN = 8;
/** Packages that take less do not delay a start. */
const WORTH_INIT_MS = 1;

type Fact = { label: string; value: string };

/** Figures of the process that the log is about; beside others of the same name they say where they are from. */
export function listGcFacts(gc: GcSection | null, { language, format }: Words, isAlone: boolean): Fact[] {
  if (gc === null) return [];
  const { gc: label } = language.labels;
  const { summary } = gc;
  const facts: Fact[] = [];
  const add = (name: string, value: string) =>
    facts.push({ label: isAlone ? name : label.inLog(name), value });
  const addNumber = (name: string, value: number, unit: Unit) => {
    if (Number.isFinite(value)) add(name, format(value, unit));
  };
  if (gc.processes.length + gc.olderProcesses > 1) {
    add(label.processes, format(gc.processes.length + gc.olderProcesses, "count"));
  }
  add(
    label.cycles,
    label.cyclesValue(
      format(summary.cycles, "count"),
      format(summary.lastSeconds - summary.firstSeconds, "seconds"),
      format(summary.cyclesPerSecond, "count/s"),
      summary.forcedCycles,
      summary.periodicCycles,
      summary.lostCycles,
    ),
  );
  addNumber(label.gomaxprocs, summary.processors, "count");
  addNumber(label.gcCpuShare, summary.gcCpuShare, "fraction");
  addNumber(label.markingTime, summary.markingTimeShare, "fraction");
  addNumber(label.assistShare, summary.assistShare, "fraction");
  if (!isAlone) {
    const { firstBytes, lastBytes } = summary.liveHeap;
    add(label.liveHeap, `${format(firstBytes, "bytes")} → ${format(lastBytes, "bytes")}`);
  }
  addNumber(label.goal, summary.lastGoalBytes, "bytes");
  addNumber(label.peak, summary.peakBytes, "bytes");
  if (summary.stackBytes > 0) addNumber(label.stacks, summary.stackBytes, "bytes");
  if (Number.isFinite(summary.allocBytesPerSecond)) {
    const [rate, idle, marking] = [
      summary.allocBytesPerSecond,
      summary.allocBytesPerSecondIdle,
      summary.allocBytesPerSecondMarking,
    ];
    const isSplit = Number.isFinite(idle) && Number.isFinite(marking);
    const all = format(rate, "bytes/s");
    add(
      label.allocationRate,
      isSplit ? label.allocationRateValue(all, format(idle, "bytes/s"), format(marking, "bytes/s")) : all,
    );
  }
  const { setting, p50 } = summary.effectiveGogc;
  if (Number.isFinite(setting)) {
    add(
      label.effectiveGogc,
      label.effectiveGogcValue(format(Math.round(setting), "count"), format(Math.round(p50), "count")),
    );
  }
  const { scavenger, pacer, scheduler } = summary;
  if (scavenger !== undefined) {
    add(
      label.returned,
      label.returnedValue(format(scavenger.returnedBytes, "bytes"), format(scavenger.releasedBytes, "bytes")),
    );
  }
  if (pacer !== undefined) {
    add(
      label.late,
      label.lateValue(
        format(pacer.lateCycles, "count"),
        format(pacer.cycles, "count"),
        format(Math.max(0, pacer.worstPastGoalBytes), "bytes"),
      ),
    );
  }
  if (scheduler !== undefined) {
    add(
      label.threads,
      label.threadsValue(
        format(scheduler.maxThreads, "count"),
        format(Math.round(scheduler.runnable.p95), "count"),
      ),
    );
  }
  const scanned = gc.scannedObjects;
  if (scanned !== null && scanned.all > 0) {
    add(label.greenTea, label.greenTeaValue(format(1 - scanned.sparse / scanned.all, "fraction")));
  }
  return facts;
}

/** The cycles one by one, their spread, the processes of the log and what took long at the start. */
export function listGcTables(gc: GcSection | null, words: Words): TableView[] {
  if (gc === null) return [];
  const tables = [cycleTable(gc, words), spreadTable(gc, words), ...pauseTables(gc, words)];
  if (gc.processes.length > 1) tables.push(processTable(gc, words));
  const inits = gc.inits.filter((init) => init.clockMs >= WORTH_INIT_MS).slice(0, INITS_SHOWN);
  if (inits.length > 0) {
    const { gc: label } = words.language.labels;
    tables.push({
      id: "gc-inits",
      title: label.initTable,
      lead: "",
      columns: [left(label.package), right(label.clock), right(label.allocated), right(label.allocations)],
      rows: inits.map((init) => [
        init.package,
        words.format(init.clockMs, "ms"),
        words.format(init.allocBytes, "bytes"),
        words.format(init.allocs, "count"),
      ]),
    });
  }
  return tables;
}

const left = (head: string) => ({ head, align: "left" as const });
const right = (head: string) => ({ head, align: "right" as const });

function cycleTable({ recent, summary }: GcSection, { language, format }: Words): TableView {
  const { gc: label } = language.labels;
  return {
    id: "gc-cycles",
    title: label.cycleTable,
    lead: label.cycleTableLead(format(recent.length, "count"), format(summary.cycles, "count")),
    columns: cycleColumns(language.labels),
    rows: recent.map((row) => listCycleCells(row, language.labels)),
  };
}

export function cycleColumns({ gc: label }: Labels): TableView["columns"] {
  return [
    right(label.cycle),
    right(label.at),
    right(label.period),
    right(label.sweepTermination),
    right(label.mark),
    right(label.markTermination),
    right(label.heap),
    right(label.goalHead),
    right(label.cpuHead),
    right(label.assistHead),
    left(""),
  ];
}

const MIB = 1024 * 1024;

/** One cycle in words, as short as can be. */
export function listCycleCells(row: CycleRow, { gc: label }: Labels): string[] {
  const mib = (bytes: number) => String(Math.round(bytes / MIB));
  const notes = [
    row.lost > 0 ? label.lost(row.lost) : "",
    row.forced ? label.forced : "",
    row.periodic ? label.periodic : "",
    row.leakCheck ? label.leakCheck : "",
    row.thrashing ? label.thrashing : "",
  ];
  return [
    String(row.cycle),
    shortDuration(row.seconds),
    Number.isNaN(row.periodMs) ? "" : shortDuration(row.periodMs / 1000),
    shortMs(row.sweepTerminationMs),
    shortMs(row.markMs),
    shortMs(row.markTerminationMs),
    `${mib(row.heapStartBytes)}→${mib(row.heapEndBytes)}→${mib(row.liveBytes)}`,
    mib(row.goalBytes),
    shortShare(row.gcCpuShare),
    shortShare(row.assistShare),
    notes.filter(Boolean).join(" "),
  ];
}

/** The digits that the runtime prints, no more. */
function shortMs(ms: number): string {
  if (ms >= 10) return String(Math.round(ms));
  return String(Number(ms.toPrecision(2)));
}

function shortDuration(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)}ms`;
  if (seconds < 10) return `${seconds.toFixed(2)}s`;
  if (seconds < 1000) return `${seconds.toFixed(1)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 600) return `${minutes}min`;
  return `${(seconds / 3600).toFixed(1)}h`;
}

function shortShare(share: number): string {
  if (!Number.isFinite(share)) return "";
  const percent = 100 * share;
  return `${percent >= 9.95 || percent === 0 ? Math.round(percent) : percent.toFixed(1)}%`;
}

function spreadTable({ summary }: GcSection, { language, format }: Words): TableView {
  const { gc: label } = language.labels;
  const row = (name: string, spread: Distribution, unit: Unit) => [
    name,
    ...[spread.p50, spread.p95, spread.p99, spread.max].map((value) =>
      Number.isNaN(value) ? "" : format(value, unit),
    ),
  ];
  const rows = [
    row(label.firstStop, summary.pauses.sweepTermination, "ms"),
    row(label.secondStop, summary.pauses.markTermination, "ms"),
    row(label.bothStops, summary.pauses.total, "ms"),
    row(label.cycleTime, summary.cycleDurationMs, "ms"),
    row(label.period, summary.periodMs, "ms"),
    row(label.cycleCpu, summary.cycleCpuMs, "ms"),
    row(label.assistCpu, summary.assistCpuMs, "ms"),
    row(label.throughput, summary.markBytesPerCpuSecond, "bytes/s"),
    row(label.overshoot, summary.overshootBytes, "bytes"),
  ];
  return {
    id: "gc-spread",
    title: label.spread,
    lead: "",
    columns: [left(""), right(label.median), right("p95"), right("p99"), right(label.max)],
    rows: rows.filter(([, median]) => median !== ""),
  };
}

/** Less of a log tells nothing of an hour. */
const LEAST_RATED_SECONDS = 10;
const LEAST_RATED_CYCLES = 10;

/** The stops as the program feels them. */
function pauseTables({ summary }: GcSection, { language, format }: Words): TableView[] {
  const { gc: label } = language.labels;
  const { pauseModel: model, pauses } = summary;
  const spanSeconds = summary.lastSeconds - summary.firstSeconds;
  if (!(spanSeconds >= LEAST_RATED_SECONDS && summary.cycles >= LEAST_RATED_CYCLES)) return [];
  const seen = format(Math.max(pauses.sweepTermination.max, pauses.markTermination.max), "ms");
  const span = format(spanSeconds, "seconds");
  const worst = (ms: number) => (Number.isNaN(ms) ? label.worstUnknown(seen, span) : format(ms, "ms"));
  const tau = model.heapTau.toFixed(2);
  const related = model.growsWithHeap ? label.heapDependent(tau) : label.heapIndependent(tau);
  const count = (value: number) => format(Math.round(value), "count");
  return [
    {
      id: "gc-pauses",
      title: label.pauseTable,
      lead: label.pauseLead,
      columns: [left(""), left("")],
      rows: [
        [label.stops, label.perHour(count(model.stopsPerHour))],
        [
          label.stopped,
          label.stoppedValue(format(model.stoppedMsPerHour, "ms"), format(pauses.timeShare, "fraction")),
        ],
        [label.usualStop, format(model.usualMs, "ms")],
        [label.rareStops, label.rareStopsValue(format(model.rareShare, "fraction"))],
        [label.worstInHour, worst(model.worstInHourMs)],
        [label.worstInDay, worst(model.worstInDayMs)],
        [
          label.requestMeets,
          model.requestChance < 0.95
            ? label.requestChance(count(1 / model.requestChance))
            : label.requestAlways,
        ],
        [label.heapDependence, Number.isNaN(model.heapTau) ? label.heapSteady : related],
        [label.doubleGogc, label.doubleGogcValue(count(model.stopsPerHourAtDoubleGogc))],
      ],
    },
  ];
}

function processTable(
  { processes, olderProcesses, process: main }: GcSection,
  { language, format }: Words,
): TableView {
  const { gc: label } = language.labels;
  const first = Math.max(0, processes.length - PROCESSES_SHOWN);
  return {
    id: "gc-processes",
    title: label.processTable,
    lead: "",
    columns: [
      right(label.process),
      right(label.cycles),
      right(label.from),
      right(label.to),
      right(label.liveHeap),
      left(label.source),
    ],
    rows: processes
      .slice(first)
      .map((process, i) => [
        `${first + i === main ? "* " : ""}${olderProcesses + first + i + 1}`,
        format(process.cycles, "count"),
        moment(process.firstWallMs, process.firstSeconds),
        moment(process.lastWallMs, process.lastSeconds),
        format(process.liveBytes, "bytes"),
        process.source,
      ]),
  };

  function moment(wallMs: number | null, seconds: number): string {
    if (wallMs === null) return shortDuration(seconds);
    return new Date(wallMs).toISOString().slice(0, 19).replace("T", " ");
  }
}
