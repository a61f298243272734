import type { ProgressLine } from "./progress-line.ts";

/**
 * Runs something that Ctrl-C may end early: the first one aborts `signal` and what was gathered is kept, the second
 * aborts `hurrySignal` too, the third ends the process at once. SIGTERM counts like Ctrl-C.
 */
export async function withInterrupt<T>(
  progress: ProgressLine,
  run: (signal: AbortSignal, hurrySignal: AbortSignal) => Promise<T>,
): Promise<T> {
  const first = new AbortController();
  const second = new AbortController();
  const onSignal = () => {
    if (second.signal.aborted) process.exit(130);
    if (first.signal.aborted) {
      second.abort();
      return;
    }
    progress.say(progress.labels.endingEarly);
    first.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  try {
    return await run(first.signal, second.signal);
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}
