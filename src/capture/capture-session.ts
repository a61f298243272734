import type { CaptureKind } from "../bundle/manifest.ts";
import { assert } from "../lib/assert.ts";
import type { Clock } from "../lib/clock.ts";
import type { BundleRecorder } from "./bundle-recorder.ts";
import { CaptureError, concernsWholeTarget, renderFailureReason } from "./capture-error.ts";
import type { CaptureProgress, OnProgress } from "./capture-progress.ts";
import { buildUrl, type Endpoint, renderOrigin } from "./endpoints.ts";
import type { HttpAccess } from "./http-access.ts";
import { sendRequest } from "./http-request.ts";
import { findMismatch } from "./response-check.ts";
import type { UrlTarget } from "./target.ts";

/** One capture as the bundle keeps it: `file` is its name within the sample's folder. */
interface Part {
  kind: CaptureKind;
  file: string;
  origin: string;
  forcedGc?: boolean;
}

/** Omits a key from each member of a union, which `Omit` alone does not. */
type WithoutPosition<T> = T extends unknown ? Omit<T, "sample" | "samples" | "msLeft"> : never;

/**
 * One target during one window: sends one request at a time, and records what came of it.
 * Nothing here runs in parallel; callers await every call before the next.
 */
export class CaptureSession {
  /** Absent for a process that answers nothing. */
  readonly target: UrlTarget | undefined;
  readonly recorder: BundleRecorder;
  /** The newest bytes of each kind. */
  readonly latest = new Map<CaptureKind, Uint8Array>();
  /** Every failure as it was thrown, in order. */
  readonly errors: CaptureError[] = [];
  /** The sample under way. */
  sample = 0;
  samples: number;
  readonly #access: HttpAccess | undefined;
  readonly #clock: Clock;
  readonly #onProgress: OnProgress;
  readonly #begunMs: number;
  readonly #endMs: number;
  /** Files of endpoints that have answered at least once. */
  readonly #known = new Set<string>();
  /** Files of endpoints that this target does not have. */
  readonly #absent = new Set<string>();

  constructor(parts: {
    target: UrlTarget | undefined;
    access: HttpAccess | undefined;
    recorder: BundleRecorder;
    clock: Clock;
    onProgress: OnProgress;
    samples: number;
    windowMs: number;
  }) {
    this.target = parts.target;
    this.recorder = parts.recorder;
    this.samples = parts.samples;
    this.#access = parts.access;
    this.#clock = parts.clock;
    this.#onProgress = parts.onProgress;
    this.#begunMs = parts.clock.monotonicMs();
    this.#endMs = this.#begunMs + parts.windowMs;
  }

  /** Milliseconds since the bundle was begun. */
  elapsedMs(): number {
    return Math.round((this.#clock.monotonicMs() - this.#begunMs) * 1000) / 1000;
  }

  isAbsent(endpoint: Endpoint): boolean {
    return this.#absent.has(endpoint.file);
  }

  report(progress: WithoutPosition<CaptureProgress>): void {
    const msLeft = Math.max(0, Math.round(this.#endMs - this.#clock.monotonicMs()));
    this.#onProgress({ ...progress, sample: this.sample, samples: this.samples, msLeft });
  }

  /**
   * Asks one endpoint and records the answer or the failure. Resolves with the failure; throws only if the bundle
   * cannot be written. `words` is the query of a symbol request, `file` the name for its answer.
   */
  async fetch(
    endpoint: Endpoint,
    signal: AbortSignal,
    { words = "", file = endpoint.file }: { words?: string; file?: string } = {},
  ): Promise<CaptureError | undefined> {
    const [target, access] = [this.target, this.#access];
    assert(target !== undefined && access !== undefined, "only a URL target has endpoints");
    const { kind, forcedGc } = endpoint;
    const origin = renderOrigin(target, endpoint);
    const where = `GET ${origin}`;
    const error = await this.take({ kind, file, origin, forcedGc }, async () => {
      const url = buildUrl(target, endpoint, words);
      const { accept, acceptGzip } = endpoint;
      const answer = await sendRequest({ url, where, accept, acceptGzip }, access, signal);
      checkContent(endpoint, answer.bytes, where);
      return answer;
    });
    if (error === undefined) this.#known.add(endpoint.file);
    else if (isPermanent(error) && !this.#known.has(endpoint.file)) this.#absent.add(endpoint.file);
    return error;
  }

  /**
   * Records what `read` gives, or why it fails. Resolves with the failure; throws only if the bundle cannot be written.
   */
  async take(
    { kind, file, origin, forcedGc = false }: Part,
    read: () => Promise<{ bytes: Uint8Array; cutOff: boolean }>,
  ): Promise<CaptureError | undefined> {
    const time = this.#now();
    this.report({ phase: "request", kind, origin });
    try {
      const { bytes, cutOff } = await read();
      const elapsedMs = Math.round((this.elapsedMs() - time.monotonicMs) * 1000) / 1000;
      this.latest.set(kind, bytes);
      const path = `${String(this.sample).padStart(4, "0")}/${file}`;
      await this.recorder.addCapture(
        { kind, sample: this.sample, path, origin, time, elapsedMs, forcedGc, cutOff },
        bytes,
      );
      this.report({ phase: "received", kind, origin, bytes: bytes.length, elapsedMs, cutOff });
      return undefined;
    } catch (error) {
      if (!(error instanceof CaptureError) || error.code === "write-failed") throw error;
      this.errors.push(error);
      await this.#recordFailure({ kind, origin }, error.code, renderFailureReason(error), time);
      return error;
    }
  }

  /** Notes that an endpoint was left out on purpose. */
  async skip(endpoint: Endpoint, reason: string): Promise<void> {
    assert(this.target !== undefined, "only a URL target has endpoints");
    await this.skipPart({ kind: endpoint.kind, origin: renderOrigin(this.target, endpoint) }, reason);
  }

  /** The same for anything else. */
  async skipPart(part: Pick<Part, "kind" | "origin">, reason: string): Promise<void> {
    await this.#recordFailure(part, "skipped", reason, this.#now());
  }

  #now(): { wallMs: number; monotonicMs: number } {
    return { wallMs: this.#clock.wallMs(), monotonicMs: this.elapsedMs() };
  }

  async #recordFailure(
    { kind, origin }: Pick<Part, "kind" | "origin">,
    code: CaptureError["code"] | "skipped",
    reason: string,
    time: { wallMs: number; monotonicMs: number },
  ): Promise<void> {
    await this.recorder.addFailure({ kind, sample: this.sample, origin, time, code, reason });
    this.report({ phase: "failed", kind, origin, code, reason });
  }
}

function checkContent(endpoint: Endpoint, bytes: Uint8Array, where: string): void {
  const mismatch = findMismatch(endpoint.expectation, bytes);
  if (mismatch === undefined) return;
  if (bytes.length === 0) {
    throw new CaptureError(
      "empty",
      `${where}: answered with nothing`,
      "look at the service or a proxy in between",
    );
  }
  throw new CaptureError(
    "not-go-pprof",
    `${where}: answered with ${mismatch} where Go's ${endpoint.kind} was expected`,
    "check port and path: Go's net/http/pprof is usually at http://host:port/debug/pprof/",
  );
}

/** Asking for the same again in the next sample would only cost the target time. */
function isPermanent({ code }: CaptureError): boolean {
  if (concernsWholeTarget(code)) return false;
  switch (code) {
    case "not-go-pprof":
    case "redirect":
    case "too-large":
      return true;
    case "http-408":
    case "http-425":
    case "http-429":
      return false;
    default:
      return /^http-4/.test(code);
  }
}
