export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * Values that go with a message, by name with the unit in it. An Error is shown with its name, code, message and
 * causes; its stack only at debug.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * The patrol's log. A message is a constant sentence and what varies is in its fields: repeats are recognised by the
 * message, and redaction works on the fields.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log, with these fields in every line. */
  with(fields: LogFields): Log;
}

/** For tests. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  with: () => silentLog,
};
