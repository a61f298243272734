import type { CaptureKind } from "../bundle/manifest.ts";
import { type CaptureError, concernsWholeTarget } from "./capture-error.ts";
import type { CaptureSession } from "./capture-session.ts";
import { type Endpoint, withoutGc } from "./endpoints.ts";
import { ignoreUnreadable } from "./ignore-unreadable.ts";
import type { ProcessCapture } from "./process/process-capture.ts";
import { findGoroutineCount, listsProfile } from "./response-check.ts";

/** The newest bytes of each kind, for a caller's decision. */
type LatestCaptures = ReadonlyMap<CaptureKind, Uint8Array>;

export interface SampleOptions {
  /** No `goroutine?debug=2` above this number of goroutines. */
  goroutineDumpLimit: number;
  /** Counts the goroutines of a goroutine profile (protobuf), or undefined if it cannot be read. */
  countGoroutines: ((profile: Uint8Array) => number | undefined) | undefined;
  /** A reason to leave heavy requests out of this sample (the target is near its limit), or undefined. */
  guard: ((latest: LatestCaptures, sample: number) => string | undefined) | undefined;
  /** The guard judges by what the target says of itself, so that requests that cost little come first. */
  isLightFirst: boolean;
  /** The process behind the target, where it runs here and is known. */
  process?: ProcessCapture | undefined;
}

/** Kinds that say something about memory: a target that gives none of them cannot be inspected. */
const EVIDENCE: ReadonlySet<CaptureKind> = new Set([
  "heap",
  "allocs",
  "heap-text",
  "goroutine",
  "goroutine-dump",
  "expvar",
  "metrics",
]);
/** Enough where the process itself is what was asked for. */
const PROCESS_EVIDENCE: CaptureKind = "proc-status";

/** In a row: a target that hangs is not asked for everything else it has. */
const MAX_TIMEOUTS = 2;

/**
 * Takes the session's current sample: one request after the other, each failure noted and the rest gone on with,
 * until the target as a whole is out of reach or `signal` is aborted.
 *
 * What the kernel says of the process comes right behind MemStats, with which it is compared. A target that no longer
 * answers is looked at all the same.
 */
export async function captureSample(
  session: CaptureSession,
  endpoints: readonly Endpoint[],
  isLast: boolean,
  options: SampleOptions,
  signal: AbortSignal,
): Promise<void> {
  const outside = new ProcessSteps(session, isLast, options.process);
  await askEndpoints(session, endpoints, isLast, options, signal, outside);
  if (signal.aborted) return;
  await outside.takeFirst();
  await outside.takeMemory();
}

/** The two steps of a process's part in one sample, each taken once. */
class ProcessSteps {
  readonly #session: CaptureSession;
  readonly #isLast: boolean;
  readonly #process: ProcessCapture | undefined;
  #taken = 0;

  constructor(session: CaptureSession, isLast: boolean, process: ProcessCapture | undefined) {
    this.#session = session;
    this.#isLast = isLast;
    this.#process = process;
  }

  async takeFirst(): Promise<void> {
    if (this.#taken > 0) return;
    this.#taken = 1;
    await this.#process?.takeFirst(this.#session);
  }

  async takeMemory(): Promise<void> {
    if (this.#taken > 1) return;
    this.#taken = 2;
    await this.#process?.takeMemory(this.#session, this.#isLast);
  }
}

async function askEndpoints(
  session: CaptureSession,
  endpoints: readonly Endpoint[],
  isLast: boolean,
  options: SampleOptions,
  signal: AbortSignal,
  outside: ProcessSteps,
): Promise<void> {
  const isFirst = session.sample === 0;
  const wanted = endpoints.filter((endpoint) => {
    if (endpoint.when === "last") return isLast && mayHaveLeakProfile(session);
    return endpoint.when === "each" || isFirst || (endpoint.when === "ends" && isLast);
  });
  const ordered = options.isLightFirst ? wanted.toSorted(byCost) : wanted;
  let timeouts = 0;
  let had = false;
  let isCollected = false;
  for (const listed of ordered) {
    const endpoint: Endpoint = isCollected && listed.forcedGc ? withoutGc(listed) : listed;
    if (signal.aborted) return;
    if (endpoint.cost === "heavy") await outside.takeFirst();
    if (session.isAbsent(endpoint)) continue;
    const reason = findReasonToSkip(session, endpoint, options);
    if (reason !== undefined) {
      await session.skip(endpoint, reason);
      continue;
    }
    const error = await session.fetch(endpoint, signal);
    if (endpoint.kind === "heap-text" && !signal.aborted) await outside.takeMemory();
    had ||= error === undefined;
    isCollected ||= endpoint.forcedGc && error === undefined;
    timeouts = error?.code === "timeout" ? timeouts + 1 : 0;
    if (error !== undefined && (concernsRest(error, had) || timeouts === MAX_TIMEOUTS)) return;
  }
}

/** Go's index page lists the profiles that there are: only a new Go has this one. */
function mayHaveLeakProfile({ latest }: CaptureSession): boolean {
  const index = latest.get("index");
  return index === undefined || listsProfile(index, "goroutineleak");
}

function byCost(a: Endpoint, b: Endpoint): number {
  return Number(a.cost === "heavy") - Number(b.cost === "heavy");
}

/** Refused credentials that have opened nothing yet will open nothing else, and some guards count attempts. */
function concernsRest(error: CaptureError, had: boolean): boolean {
  return concernsWholeTarget(error.code) || (!had && error.code === "http-401");
}

function findReasonToSkip(
  session: CaptureSession,
  endpoint: Endpoint,
  options: SampleOptions,
): string | undefined {
  if (endpoint.cost === "heavy") {
    const reason = ignoreUnreadable(() => options.guard?.(session.latest, session.sample));
    if (reason !== undefined) return reason;
  }
  if (endpoint.kind !== "goroutine-dump") return undefined;
  const goroutines = countGoroutines(session, options);
  if (goroutines === undefined || goroutines <= options.goroutineDumpLimit) return undefined;
  return `${goroutines} goroutines are more than the ${options.goroutineDumpLimit} up to which a full dump, which stops the service while it is written, is taken; raise --max-goroutines to have it.`;
}

function countGoroutines(session: CaptureSession, options: SampleOptions): number | undefined {
  const profile = session.latest.get("goroutine");
  const counted =
    profile === undefined ? undefined : ignoreUnreadable(() => options.countGoroutines?.(profile));
  if (counted !== undefined) return counted;
  const index = session.latest.get("index");
  return index === undefined ? undefined : findGoroutineCount(index);
}

/** Whether anything was had that an inspection could use. */
export function hasEvidence(session: CaptureSession): boolean {
  const { captures, target } = session.recorder.manifest;
  return captures.some(
    ({ kind }) => EVIDENCE.has(kind) || (target.kind === "process" && kind === PROCESS_EVIDENCE),
  );
}

/** Of the failures of a target that gave nothing, the one that tells most about why. */
export function findDecisiveError(errors: readonly CaptureError[]): CaptureError | undefined {
  const ranked = [
    (code: string) => concernsWholeTarget(code as CaptureError["code"]),
    (code: string) => code === "http-401" || code === "http-403",
    (code: string) => code === "not-go-pprof",
    (code: string) => code === "redirect",
    (code: string) => code === "timeout",
    (code: string) => code !== "http-404",
  ];
  for (const isDecisive of ranked) {
    const found = errors.find(({ code }) => isDecisive(code));
    if (found !== undefined) return found;
  }
  return errors[0];
}
