/** The classes of sensitive data that are recognised (spec: docs/redaction.md); "custom" are the user's own rules. */
export type SensitiveClass =
  | "phone"
  | "resident-id"
  | "bank-card"
  | "passport"
  | "social-credit-code"
  | "licence-plate"
  | "email"
  | "name"
  | "postal-address"
  | "network-address"
  | "credential"
  | "account-id"
  | "custom";

/** How much was taken out, by class; classes without a hit are absent. */
export type RedactionCounts = Partial<Record<SensitiveClass, number>>;

/**
 * Takes sensitive data out of what leaves the process. Applied at the sink, never by callers, so that nothing can
 * forget it. Numbers are never touched. An error within drops the field rather than letting it through.
 */
export interface Redactor {
  /** Free text: log lines, messages, paths. */
  text(text: string): string;
  /** A structure that will become JSON, walked by key and value; returns a copy. */
  value<T>(value: T): T;
  /** Of everything redacted so far. */
  readonly counts: RedactionCounts;
}

/** For tests, and for users who have switched redaction off. */
export const passThrough: Redactor = { text: (text) => text, value: (value) => value, counts: {} };
