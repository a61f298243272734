import type { Bundle, CaptureKind } from "../bundle/manifest.ts";
import { assert } from "../lib/assert.ts";
import type { Clock } from "../lib/clock.ts";
import { openBundleDirectory } from "./bundle-directory.ts";
import { BundleRecorder } from "./bundle-recorder.ts";
import { CaptureError } from "./capture-error.ts";
import type { OnProgress } from "./capture-progress.ts";
import { CaptureSession } from "./capture-session.ts";
import { type GcMode, listEndpoints } from "./endpoints.ts";
import { type AccessOptions, checkAccess } from "./http-access.ts";
import { ignoreUnreadable } from "./ignore-unreadable.ts";
import { type LoadRun, startLoad } from "./load-command.ts";
import { findPprof } from "./process/find-pprof.ts";
import { findListener, isLoopbackHost } from "./process/find-process.ts";
import { ProcessCapture } from "./process/process-capture.ts";
import { redactCommand } from "./redact.ts";
import { captureSample, findDecisiveError, hasEvidence, type SampleOptions } from "./sample-capture.ts";
import { computeNextDueMs, countPlannedSamples, type PastSample } from "./sample-schedule.ts";
import { captureSymbols } from "./symbol-capture.ts";
import { systemClock } from "./system-clock.ts";
import type { ProcessTarget, UrlTarget } from "./target.ts";

const DEFAULT_WINDOW_MS = 30_000;
const DEFAULT_EVERY_MS = 5_000;
/** A dump of so many takes the world tens of milliseconds; it grows with their number. */
const DEFAULT_GOROUTINE_DUMP_LIMIT = 20_000;

export interface CaptureOptions extends Partial<Omit<SampleOptions, "process" | "isLightFirst">> {
  target: UrlTarget | ProcessTarget;
  /**
   * The process behind a URL, if it runs on this machine: its pid, or "find" to look for it where the URL leads to
   * loopback. By default it is not looked at.
   */
  process?: number | "find" | undefined;
  /** Version of gopatrol, for the manifest. */
  gopatrol: string;
  access?: AccessOptions | undefined;
  windowMs?: number | undefined;
  everyMs?: number | undefined;
  /** Only these are asked for; default all. */
  kinds?: ReadonlySet<CaptureKind> | undefined;
  /** Default "each". */
  gc?: GcMode | undefined;
  /** Memory limit as the user gave it, noted in the manifest. */
  limitBytes?: number | null | undefined;
  /** A shell command that is run from behind the first sample until it ends or the last sample is due. */
  load?: string | undefined;
  /** Where the bundle directory is written while captures arrive; without it the bundle is in memory only. */
  outputDirectory?: string | undefined;
  /** The addresses that a heap's text (debug=1) leaves without names, as the target is to be asked for them. */
  addressesToSymbolize?: ((heapText: Uint8Array) => readonly bigint[]) | undefined;
}

export interface CaptureControl {
  /** Ends the window early (the first Ctrl-C): the request under way is dropped, what was gathered is kept. */
  signal?: AbortSignal | undefined;
  /** Leaves out the closing request for symbols as well (the second Ctrl-C). */
  hurrySignal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
  clock?: Clock | undefined;
}

/**
 * Captures a live target over a window of samples into a bundle, one request at a time.
 *
 * A failed request is noted in `manifest.failures` and the rest goes on, also if the target dies or restarts.
 *
 * @throws CaptureError if the first sample gives no evidence at all (the most telling failure), if that sample is
 * interrupted before it has any ("interrupted"), if options contradict each other ("bad-option"), or if the output
 * directory cannot be written ("exists", "write-failed").
 */
export async function captureTarget(options: CaptureOptions, control: CaptureControl = {}): Promise<Bundle> {
  const { target, load } = options;
  const clock = control.clock ?? systemClock;
  const signal = control.signal ?? new AbortController().signal;
  const windowMs = options.windowMs ?? DEFAULT_WINDOW_MS;
  const schedule = { windowMs, everyMs: Math.min(options.everyMs ?? DEFAULT_EVERY_MS, windowMs) };
  assert(schedule.windowMs > 0 && schedule.everyMs > 0, "a window and its interval are longer than 0 ms");
  if (signal.aborted) throw interruptedBeforeAnything();
  const pprof = target.kind === "url" ? target : await findPprof(target.pid, options.access ?? {}, signal);
  const access = pprof === undefined ? undefined : checkAccess(options.access ?? {}, pprof);
  const found = await findProcess(options, schedule.everyMs);
  const { outputDirectory } = options;
  const writer = outputDirectory === undefined ? undefined : await openBundleDirectory(outputDirectory);
  const recorder = new BundleRecorder(
    {
      format: "gopatrol-bundle",
      version: 1,
      gopatrol: options.gopatrol,
      target: { kind: target.kind, name: target.name },
      begun: { wallMs: clock.wallMs() },
      windowMs,
      everyMs: schedule.everyMs,
      samples: 0,
      interrupted: false,
      limitBytes: options.limitBytes ?? null,
      load: load === undefined ? null : { command: redactCommand(load), exitCode: null },
      captures: [],
      failures: [],
    },
    writer,
  );
  const session = new CaptureSession({
    target: pprof,
    access,
    recorder,
    clock,
    onProgress: control.onProgress ?? (() => {}),
    samples: countPlannedSamples(schedule),
    windowMs,
  });
  const loads = new LoadSlot(session);
  try {
    if (found.hidden !== undefined)
      await session.skipPart({ kind: "proc-status", origin: "/proc" }, found.hidden);
    const { kinds } = options;
    const listed = pprof === undefined ? [] : listEndpoints(pprof, options.gc ?? "each");
    const endpoints = listed.filter(({ kind }) => kinds === undefined || kinds.has(kind));
    const sampleOptions: SampleOptions = {
      goroutineDumpLimit: options.goroutineDumpLimit ?? DEFAULT_GOROUTINE_DUMP_LIMIT,
      countGoroutines: options.countGoroutines,
      guard: options.guard,
      // What the kernel says of the process's cgroup is had in any order.
      isLightFirst:
        options.guard !== undefined && (options.limitBytes != null || options.process === undefined),
      process: found.process,
    };
    const firstMs = clock.monotonicMs();
    const sinceFirst = (): number => clock.monotonicMs() - firstMs;
    for (let dueMs: number | undefined = 0; dueMs !== undefined && !signal.aborted; ) {
      const isLast = dueMs >= windowMs;
      if (isLast) await loads.stop();
      const startedMs = sinceFirst();
      recorder.setSamples(session.sample + 1);
      await captureSample(session, endpoints, isLast, sampleOptions, signal);
      if (session.sample === 0) {
        checkEvidence(session, signal);
        if (load !== undefined && !signal.aborted) loads.start(load);
      }
      const past: PastSample = { taken: session.sample + 1, dueMs, startedMs, endedMs: sinceFirst() };
      dueMs = computeNextDueMs(schedule, past);
      if (dueMs === undefined || signal.aborted) break;
      if (pprof === undefined && found.process?.isPresent !== true) break;
      const nextMs = Math.max(0, dueMs - sinceFirst());
      session.report({ phase: "wait", nextMs });
      await clock.sleep(nextMs, signal);
      if (!signal.aborted) session.sample += 1;
    }
    await loads.stop();
    const wasInterrupted = signal.aborted;
    await captureFinalSymbols(session, options, control.hurrySignal);
    const bundle = await recorder.finish(wasInterrupted);
    reportDone(session, bundle);
    return bundle;
  } catch (error) {
    await loads.stop();
    if (!hasEvidence(session)) await recorder.discard();
    else if (writer !== undefined && error instanceof CaptureError) {
      // The disk may be full, but what was gathered until then is on it.
      const hint = `${error.hint}; what was captured until then is in ${writer.partialPath}`;
      throw new CaptureError(error.code, error.message, hint, error);
    }
    throw error;
  }
}

/**
 * The process to look at from outside. Only one that the user named has to be there; of one that listens but may not
 * be looked at it is said what would help.
 */
async function findProcess(
  { target, process }: CaptureOptions,
  everyMs: number,
): Promise<{ process?: ProcessCapture; hidden?: string }> {
  const pid = target.kind === "process" ? target.pid : process;
  if (pid === undefined) return {};
  if (pid !== "find") return { process: await ProcessCapture.open({ pid, isGiven: true, everyMs }) };
  if (target.kind !== "url") return {};
  const { hostname, port, protocol } = new URL(target.serverRoot);
  if (!isLoopbackHost(hostname)) return {};
  const listener = await findListener(Number(port === "" ? (protocol === "https:" ? 443 : 80) : port));
  if (listener === "none") return {};
  if (listener === "hidden") {
    return {
      hidden: `The process behind ${target.serverRoot} belongs to another user, so its memory cannot be looked at from outside; run gopatrol as that user, as root, or with CAP_SYS_PTRACE.`,
    };
  }
  try {
    return { process: await ProcessCapture.open({ pid: listener.pid, isGiven: false, everyMs }) };
  } catch (error) {
    if (error instanceof CaptureError) return {};
    throw error;
  }
}

function checkEvidence(session: CaptureSession, signal: AbortSignal): void {
  if (hasEvidence(session)) return;
  if (signal.aborted) throw interruptedBeforeAnything();
  const error = findDecisiveError(session.errors);
  throw (
    error ??
    new CaptureError(
      "empty",
      `${session.recorder.manifest.target.name}: nothing was asked of it`,
      "let the guard allow the first sample",
    )
  );
}

function interruptedBeforeAnything(): CaptureError {
  return new CaptureError("interrupted", "stopped before anything was captured", "run it again");
}

async function captureFinalSymbols(
  session: CaptureSession,
  { addressesToSymbolize }: CaptureOptions,
  hurrySignal: AbortSignal | undefined,
): Promise<void> {
  const heapText = session.latest.get("heap-text");
  if (heapText === undefined || addressesToSymbolize === undefined) return;
  const signal = hurrySignal ?? new AbortController().signal;
  if (signal.aborted) return;
  const addresses = ignoreUnreadable(() => addressesToSymbolize(heapText));
  if (addresses !== undefined) await captureSymbols(session, addresses, signal);
}

function reportDone(session: CaptureSession, { manifest }: Bundle): void {
  session.report({
    phase: "done",
    captures: manifest.captures.length,
    bytes: manifest.captures.reduce((sum, capture) => sum + capture.bytes, 0),
    failures: manifest.failures.length,
    interrupted: manifest.interrupted,
  });
}

/** The load command of a window, which runs at most once and is gone when the window is. */
class LoadSlot {
  readonly #session: CaptureSession;
  #run: LoadRun | undefined;
  #reported: Promise<void> | undefined;

  constructor(session: CaptureSession) {
    this.#session = session;
  }

  start(command: string): void {
    const shown = redactCommand(command);
    this.#session.report({ phase: "load-started", command: shown });
    this.#run = startLoad(command);
    this.#reported = this.#run.ended.then((result) => {
      this.#session.recorder.setLoad(shown, result.exitCode);
      this.#session.report({ phase: "load-ended", ...result });
    });
    // Awaited in stop(); until then an exception of the caller's must not count as unhandled.
    this.#reported.catch(() => {});
  }

  async stop(): Promise<void> {
    await this.#run?.stop();
    await this.#reported;
  }
}
