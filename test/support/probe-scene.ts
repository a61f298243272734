import type { CheckContext, CheckTarget } from "../../src/patrol/check.ts";
import type { SecretRef } from "../../src/patrol/config/patrol-config.ts";

export function targetAt(address: string, more: Partial<CheckTarget> = {}): CheckTarget {
  return { id: "t", address, labels: {}, limitBytes: null, sourceDir: null, auth: null, ...more };
}

/** A context without a past; secrets are given as text. */
export function contextOf(more: Partial<CheckContext> = {}): CheckContext {
  return {
    signal: new AbortController().signal,
    timeoutMs: 10_000,
    slotMs: Date.now(),
    secret: async (ref: SecretRef) => (ref.from === "text" ? ref.text : ""),
    baseProfile: async () => null,
    previous: null,
    maxTargetMemory: 0.9,
    ...more,
  };
}

export function basicAuth(user: string, password: string): CheckTarget["auth"] {
  return { kind: "basic", user: { from: "text", text: user }, password: { from: "text", text: password } };
}

/**
 * Sockets and timers of this process that keep it alive, by kind. The test runner has some of its own: compare before and
 * after.
 */
export function countResources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    if (/TCP|TLS|Timeout|Immediate|Pipe|FSReq|GetAddrInfo/.test(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** On a busy machine time may be up before the connection was seen to be there. */
export const ANY_TIMEOUT = /^(connect-)?timeout$/;

/** Long enough for a busy machine; what is waited for comes at once on an idle one. */
export const PATIENCE = { timeout: 20_000 };

/** Kinds of which there are more than before. */
export function findExcess(now: Record<string, number>, before: Record<string, number>): string[] {
  return Object.keys(now).filter((kind) => now[kind]! > (before[kind] ?? 0));
}
