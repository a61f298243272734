import type { Clock } from "../lib/clock.ts";
import type { Log, LogFields, LogLevel } from "../patrol/log.ts";
import type { Redactor } from "../redact/redactor.ts";
import { renderLogLine } from "./log-line.ts";

export interface LogOptions {
  /** Takes whole lines, newline included. */
  write(line: string): void;
  format: "text" | "json";
  /** Lines below are not written. */
  level: LogLevel;
  redactor: Redactor;
  clock: Clock;
}

/** Of one message, so many lines in one window are written; what is over is counted and told when the window ends. */
const BURST = 5;
const WINDOW_MS = 60_000;
/** Messages are constants, so there are few; a caller that breaks that rule must not cost memory. */
const MAX_TRACKED = 512;

const LEVELS: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

interface Window {
  level: LogLevel;
  message: string;
  beganMs: number;
  written: number;
  suppressed: number;
}

/**
 * The daemon's structured log: one line an event, redacted before it is written, and a message that comes again and
 * again (a target that is down, 10,000 times) kept from filling the disk. Never throws: a line that cannot be redacted or
 * rendered is replaced by one that says so.
 */
export function createLog(options: LogOptions): Log {
  const windows = new Map<string, Window>();
  let sweptMs = options.clock.monotonicMs();

  const emit = (level: LogLevel, message: string, fields: LogFields): void => {
    const line = {
      atMs: options.clock.wallMs(),
      level,
      message,
      fields,
      withStack: LEVELS[options.level] === 0,
    };
    let text: string;
    try {
      text = renderLogLine(line, options.format, options.redactor);
    } catch {
      const dropped = { ...line, message: "a line was dropped: it could not be redacted", fields: {} };
      text = renderLogLine(dropped, options.format, null);
    }
    options.write(text);
  };

  const tellSuppressed = (window: Window): void => {
    if (window.suppressed > 0) {
      emit(window.level, window.message, { repeated: window.suppressed, within_ms: WINDOW_MS });
    }
  };

  const sweep = (nowMs: number): void => {
    if (nowMs - sweptMs < WINDOW_MS && windows.size <= MAX_TRACKED) return;
    sweptMs = nowMs;
    for (const [key, window] of windows) {
      if (nowMs - window.beganMs < WINDOW_MS && windows.size <= MAX_TRACKED) continue;
      windows.delete(key);
      tellSuppressed(window);
    }
  };

  const log = (level: LogLevel, message: string, fields: LogFields): void => {
    if (LEVELS[level] < LEVELS[options.level]) return;
    const nowMs = options.clock.monotonicMs();
    sweep(nowMs);
    const key = `${level} ${message}`;
    let window = windows.get(key);
    if (window !== undefined && nowMs - window.beganMs >= WINDOW_MS) {
      windows.delete(key);
      tellSuppressed(window);
      window = undefined;
    }
    if (window === undefined) {
      window = { level, message, beganMs: nowMs, written: 0, suppressed: 0 };
      windows.set(key, window);
    }
    if (window.written >= BURST) window.suppressed++;
    else {
      window.written++;
      emit(level, message, fields);
    }
  };

  const build = (base: LogFields): Log => ({
    debug: (message, fields) => log("debug", message, { ...base, ...fields }),
    info: (message, fields) => log("info", message, { ...base, ...fields }),
    warn: (message, fields) => log("warn", message, { ...base, ...fields }),
    error: (message, fields) => log("error", message, { ...base, ...fields }),
    with: (fields) => build({ ...base, ...fields }),
  });
  return build({});
}
