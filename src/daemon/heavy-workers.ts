import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Check, CheckContext, CheckKind, CheckResult, CheckTarget } from "../patrol/check.ts";
import { CHECK_TYPES } from "../patrol/check-types/check-types.ts";
import type { Log } from "../patrol/log.ts";
import type { FromWorker, ToWorker } from "./heavy-messages.ts";

/** A hostile profile may exhaust a thread; the patrol lives on. */
const MEMORY_MIB = 1024;

interface Job {
  context: CheckContext;
  resolve(result: CheckResult): void;
  reject(error: Error): void;
  thread: Thread;
}

interface Thread {
  worker: Worker;
  jobs: number;
}

/**
 * Threads for heavy checks. Each takes several at once: most of a check is waiting for the target. Started when first
 * needed; one that dies fails its checks and is replaced.
 */
export class HeavyWorkers {
  readonly #most: number;
  readonly #log: Log;
  readonly #threads = new Set<Thread>();
  readonly #jobs = new Map<number, Job>();
  #count = 0;
  #isClosed = false;

  constructor(most: number, log: Log) {
    this.#most = most;
    this.#log = log;
  }

  /** The same check, run in a thread. */
  checkOf(kind: CheckKind): Check {
    return { ...CHECK_TYPES[kind], run: (...args) => this.#run(kind, ...args) };
  }

  async #run(
    kind: CheckKind,
    target: CheckTarget,
    options: Readonly<Record<string, unknown>>,
    context: CheckContext,
  ): Promise<CheckResult> {
    const thread = this.#findThread();
    const id = ++this.#count;
    const { promise, resolve, reject } = Promise.withResolvers<CheckResult>();
    const { timeoutMs, slotMs, previous, maxTargetMemory } = context;
    const abort = () => tell(thread, { type: "abort", id });
    this.#jobs.set(id, { context, resolve, reject, thread });
    thread.jobs++;
    context.signal.addEventListener("abort", abort, { once: true });
    tell(thread, {
      type: "run",
      id,
      kind,
      target,
      options,
      context: { timeoutMs, slotMs, previous, maxTargetMemory },
    });
    if (context.signal.aborted) abort();
    try {
      return await promise;
    } finally {
      thread.jobs--;
      this.#jobs.delete(id);
      context.signal.removeEventListener("abort", abort);
      if (thread.jobs === 0) thread.worker.unref();
    }
  }

  #findThread(): Thread {
    const idlest = [...this.#threads].sort((a, b) => a.jobs - b.jobs)[0];
    const thread =
      idlest === undefined || (idlest.jobs > 0 && this.#threads.size < this.#most) ? this.#start() : idlest;
    thread.worker.ref();
    return thread;
  }

  #start(): Thread {
    // From a checkout this file is TypeScript, in the package it is JavaScript; the worker lies beside it either way.
    const entry = new URL(`./heavy-worker${extname(import.meta.filename)}`, import.meta.url);
    const worker = new Worker(entry, {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
      stdout: false,
    });
    const thread: Thread = { worker, jobs: 0 };
    this.#threads.add(thread);
    worker.on("message", (message: FromWorker) => void this.#take(thread, message));
    const die = (error: Error) => {
      if (!this.#threads.delete(thread)) return;
      if (!this.#isClosed)
        this.#log.error("a thread for heavy checks died; another takes its place", { error });
      for (const job of this.#jobs.values()) if (job.thread === thread) job.reject(error);
    };
    worker.on("error", die);
    worker.on("exit", (code) => die(new Error(`the thread ended with code ${code}`)));
    return thread;
  }

  async #take(thread: Thread, message: FromWorker): Promise<void> {
    const job = this.#jobs.get(message.id);
    if (message.type === "done") job?.resolve(message.result);
    else if (message.type === "failed") job?.reject(new Error(message.message));
    else {
      const { question } = message;
      try {
        if (job === undefined) throw new Error("the check has ended");
        const value =
          message.type === "secret"
            ? await job.context.secret(message.ref)
            : await job.context.baseProfile(message.target);
        tell(thread, { type: "answer", question, value, error: null });
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        tell(thread, { type: "answer", question, value: null, error: text });
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }
}

function tell({ worker }: Thread, message: ToWorker): void {
  worker.postMessage(message);
}
