/** Entry of a thread that runs heavy checks: what they fetch is decoded here, so that the schedule is never held up. */
import { parentPort } from "node:worker_threads";
import { assert } from "../lib/assert.ts";
import { ALL_CHECKS } from "../probe/all-checks.ts";
import type { FromWorker, ToWorker } from "./heavy-messages.ts";

const port = parentPort;
assert(port !== null, "it is run as a worker");

const running = new Map<number, AbortController>();
const questions = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
let asked = 0;

function tell(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

function ask<T>(question: { type: "secret" | "base" } & Record<string, unknown>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const number = ++asked;
  questions.set(number, { resolve: resolve as (value: never) => void, reject });
  tell({ ...question, question: number } as FromWorker);
  return promise;
}

async function run({
  id,
  kind,
  target,
  options,
  context,
}: Extract<ToWorker, { type: "run" }>): Promise<void> {
  const abort = new AbortController();
  running.set(id, abort);
  try {
    const result = await ALL_CHECKS[kind].run(target, options, {
      ...context,
      signal: abort.signal,
      secret: (ref) => ask({ type: "secret", ref, id }),
      baseProfile: (name) => ask({ type: "base", target: name, id }),
    });
    tell({ type: "done", id, result });
  } catch (error) {
    tell({ type: "failed", id, message: error instanceof Error ? error.message : String(error) });
  } finally {
    running.delete(id);
  }
}

port.on("message", (message: ToWorker) => {
  switch (message.type) {
    case "run":
      void run(message);
      break;
    case "abort":
      running.get(message.id)?.abort();
      break;
    case "answer": {
      const waiting = questions.get(message.question);
      questions.delete(message.question);
      if (message.error === null) waiting?.resolve(message.value as never);
      else {
        const error = new Error(message.error);
        error.name = "SecretError";
        waiting?.reject(error);
      }
      break;
    }
  }
});
