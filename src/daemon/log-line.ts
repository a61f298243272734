import type { LogFields, LogLevel } from "../patrol/log.ts";
import type { Redactor } from "../redact/redactor.ts";

export interface LogLine {
  atMs: number;
  level: LogLevel;
  message: string;
  fields: LogFields;
  /** Show the stacks of errors. */
  withStack: boolean;
}

/** What a field may hold; more is cut off, and says so. */
const MAX_TEXT = 4096;
const MAX_CAUSES = 4;

/**
 * One line with its newline: a JSON object with `time`, `level` and `msg` first, or `time LEVEL message key=value`.
 * Control characters never come through. `redactor` null: the line holds nothing of others.
 */
export function renderLogLine(line: LogLine, format: "text" | "json", redactor: Redactor | null): string {
  const time = new Date(line.atMs).toISOString();
  const message = cut(redactor === null ? line.message : redactor.text(line.message));
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(line.fields)) {
    if (value !== undefined) plain[name] = plainValue(value, line.withStack);
  }
  const fields = redactor === null ? plain : redactor.value(plain);
  if (format === "json") return `${JSON.stringify({ time, level: line.level, msg: message, ...fields })}\n`;
  const words = Object.entries(fields).map(([name, value]) => ` ${name}=${textValue(value)}`);
  return `${time} ${line.level.toUpperCase().padEnd(5)} ${withoutControls(message)}${words.join("")}\n`;
}

function plainValue(value: unknown, withStack: boolean): unknown {
  if (value instanceof Error) return errorValue(value, withStack, MAX_CAUSES);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string") return cut(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value;
}

function errorValue(error: Error, withStack: boolean, causesLeft: number): Record<string, unknown> {
  const { code } = error as NodeJS.ErrnoException;
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    message: cut(error.message),
    ...(withStack && error.stack !== undefined ? { stack: cut(error.stack) } : {}),
    ...(error.cause instanceof Error && causesLeft > 0
      ? { cause: errorValue(error.cause, withStack, causesLeft - 1) }
      : {}),
  };
}

function textValue(value: unknown): string {
  if (isErrorValue(value)) return textValue(describeError(value));
  if (typeof value === "string") return /^[^\s"=\p{Cc}]+$/u.test(value) ? value : JSON.stringify(value);
  if (typeof value === "object" && value !== null) return JSON.stringify(JSON.stringify(value));
  return String(value);
}

interface ErrorValue {
  name: string;
  message: string;
  code?: string;
  cause?: ErrorValue;
}

/** One with its stack stays as it is: who asks for debugging wants all of it. */
function isErrorValue(value: unknown): value is ErrorValue {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    "message" in value &&
    !("stack" in value)
  );
}

/** "no store (caused by: disk full, ENOSPC)" */
function describeError({ message, code, cause }: ErrorValue): string {
  const what = code === undefined || message.includes(code) ? message : `${message}, ${code}`;
  return cause === undefined ? what : `${what} (caused by: ${describeError(cause)})`;
}

function withoutControls(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1));
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}… (${text.length - MAX_TEXT} more)`;
}
