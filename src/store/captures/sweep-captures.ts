import type { StoreConfig } from "../../patrol/config/patrol-config.ts";
import type { RawCaptures } from "../raw-captures.ts";
import type { Store } from "../store.ts";

export interface SweepReport {
  removed: number;
  removedBytes: number;
  /** What is left, and how much of it is kept because a finding rests on it or it is pinned. */
  bytes: number;
  keptBytes: number;
}

const HOUR_MS = 3600_000;

/**
 * Removes raw captures that are too old, then the oldest until the rest fits into `maxCaptureBytes`. Those of open
 * findings and pinned ones stay, whatever their age; they count, so that others have less room.
 */
export async function sweepCaptures(
  captures: RawCaptures,
  store: Pick<Store, "findings">,
  retention: Pick<StoreConfig["retention"], "capturesMs" | "maxCaptureBytes">,
  nowMs: number,
): Promise<SweepReport> {
  const referenced = new Set((await store.findings(null, "open")).flatMap((finding) => finding.captures));
  const report: SweepReport = { removed: 0, removedBytes: 0, bytes: 0, keptBytes: 0 };
  /** Bytes that may go, by the hour of their capture: of millions of captures not each is remembered. */
  const byHour = new Map<number, number>();
  for await (const { sha256, bytes, atMs, pinned } of captures.list()) {
    const isKept = pinned || referenced.has(sha256);
    if (!isKept && atMs < nowMs - retention.capturesMs) {
      await captures.remove(sha256);
      report.removed++;
      report.removedBytes += bytes;
      continue;
    }
    report.bytes += bytes;
    if (isKept) report.keptBytes += bytes;
    else byHour.set(Math.floor(atMs / HOUR_MS), (byHour.get(Math.floor(atMs / HOUR_MS)) ?? 0) + bytes);
  }
  const excess = report.bytes - retention.maxCaptureBytes;
  if (excess <= 0) return report;

  // Whole hours go, the oldest first; of the last one only as much as is needed.
  let lastHour = Number.NEGATIVE_INFINITY;
  let wholeHours = 0;
  for (const [hour, bytes] of [...byHour].sort(([a], [b]) => a - b)) {
    lastHour = hour;
    if (wholeHours + bytes >= excess) break;
    wholeHours += bytes;
  }
  let ofLastHour = excess - wholeHours;
  for await (const { sha256, bytes, atMs, pinned } of captures.list()) {
    const hour = Math.floor(atMs / HOUR_MS);
    if (pinned || referenced.has(sha256) || hour > lastHour) continue;
    if (hour === lastHour) {
      if (ofLastHour <= 0) continue;
      ofLastHour -= bytes;
    }
    await captures.remove(sha256);
    report.removed++;
    report.removedBytes += bytes;
    report.bytes -= bytes;
  }
  return report;
}
