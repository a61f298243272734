import type { KeyClasses } from "./keys.ts";
import type { SensitiveClass } from "./redactor.ts";

interface Redaction {
  text(text: string): string;
  keys: KeyClasses;
  /** What stands for the value of a key of that class; null if the value is none. */
  keyed(kind: SensitiveClass | undefined, value: string): string | null;
  dropped: string;
}

/** Deeper than any record of ours; beyond it, and in a cycle, is dropped. */
const MAX_DEPTH = 64;
const ALREADY = /^(?:\[[a-z-]+\]|(?:id|ip|mac)-[0-9a-f]{10}|)$/;

/**
 * A copy with its strings redacted, by key and by value; numbers, booleans, null and bigint as they are. A key's class
 * holds for the strings of a list below it. Keys are text too. What cannot be looked at (functions, bytes, what throws)
 * is dropped.
 */
export function walkValue(value: unknown, redaction: Redaction): unknown {
  return walk(value, undefined, "", 0, redaction);
}

function walk(
  value: unknown,
  kind: SensitiveClass | undefined,
  key: string,
  depth: number,
  redaction: Redaction,
): unknown {
  if (typeof value === "string") return redactString(value, kind, key, redaction);
  if (value === null || typeof value !== "object") {
    return typeof value === "function" || typeof value === "symbol" ? undefined : value;
  }
  if (depth >= MAX_DEPTH || ArrayBuffer.isView(value)) return redaction.dropped;
  try {
    if (Array.isArray(value)) return value.map((each) => walk(each, kind, key, depth + 1, redaction));
    if (value instanceof Date) return new Date(value);
    if (value instanceof Set)
      return new Set([...value].map((each) => walk(each, kind, key, depth + 1, redaction)));
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    const walked = new Map<unknown, unknown>();
    for (const [name, each] of entries) {
      const isText = typeof name === "string";
      const shownName = isText ? freeName(redaction.text(name), walked) : name;
      walked.set(shownName, walkField(each, isText ? name : "", depth, redaction));
    }
    return value instanceof Map ? walked : Object.fromEntries(walked);
  } catch {
    return redaction.dropped;
  }
}

function walkField(value: unknown, name: string, depth: number, redaction: Redaction): unknown {
  try {
    const kind = redaction.keys.find(name);
    return walk(value, kind, name, depth + 1, redaction);
  } catch {
    return redaction.dropped;
  }
}

function redactString(
  value: string,
  kind: SensitiveClass | undefined,
  key: string,
  redaction: Redaction,
): string {
  if (ALREADY.test(value)) return value;
  if (kind !== undefined) {
    const redacted = redaction.keyed(kind, value);
    if (redacted !== null) return redacted;
  } else if (/^[\u4e00-\u9fff·]{2,}/.test(value)) {
    const redacted = redaction.keyed(redaction.keys.findChinese(key), value);
    if (redacted !== null) return redacted;
  }
  return redaction.text(value);
}

/** Two keys that are redacted to the same must both stay. */
function freeName(name: string, taken: ReadonlyMap<unknown, unknown>): string {
  let free = name;
  for (let i = 2; taken.has(free); i++) free = `${name}~${i}`;
  return free;
}
