import type { CheckKind } from "../check.ts";
import type { Level } from "../config/patrol-config.ts";
import type { DeliveryResult } from "../notification.ts";
import type { CheckRecord, RunRecord } from "../run-record.ts";
import { Histogram } from "./histogram.ts";

/** From what a timing wheel is late by anyway to a minute, beyond which a slot is lost. */
const LATENESS_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** From a TCP connect to an inspection over minutes. */
const DURATION_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

export interface ReceiverActivity {
  delivered: number;
  /** Attempts that are to be made again. */
  retried: number;
  rejected: number;
  /** Alerts that did not fit into a message of their own. */
  folded: number;
}

/** What the patrol did since its start, as the exporter shows it. Sizes do not depend on the number of targets. */
export class PatrolActivity {
  /** By level and outcome. */
  readonly runs = new Map<Level, Map<RunRecord["outcome"], number>>();
  readonly lateness = new Map<Level, Histogram>();
  readonly runDuration = new Map<Level, Histogram>();
  readonly checks = new Map<CheckKind, Map<CheckRecord["outcome"], number>>();
  readonly checkDuration = new Map<CheckKind, Histogram>();
  readonly receivers = new Map<string, ReceiverActivity>();
  storeErrors = 0;
  reloads = 0;
  failedReloads = 0;
  auditEntries = 0;

  recordRun(run: RunRecord): void {
    increment(this.runs, run.level, run.outcome);
    // A slot that was missed was not run: it would only make the lateness look worse than any run was.
    if (run.outcome !== "missed") {
      histogramOf(this.lateness, run.level, LATENESS_SECONDS).observe(Math.max(0, run.latenessMs) / 1000);
      histogramOf(this.runDuration, run.level, DURATION_SECONDS).observe(
        Math.max(0, run.endedMs - run.startedMs) / 1000,
      );
    }
    for (const check of run.checks) {
      increment(this.checks, check.kind, check.outcome);
      if (check.outcome !== "skipped") {
        histogramOf(this.checkDuration, check.kind, DURATION_SECONDS).observe(check.elapsedMs / 1000);
      }
    }
  }

  recordDelivery(receiver: string, outcome: DeliveryResult["outcome"], folded: number): void {
    let activity = this.receivers.get(receiver);
    if (activity === undefined) {
      activity = { delivered: 0, retried: 0, rejected: 0, folded: 0 };
      this.receivers.set(receiver, activity);
    }
    if (outcome === "delivered") {
      activity.delivered++;
      activity.folded += folded;
    } else if (outcome === "retry") activity.retried++;
    else activity.rejected++;
  }
}

function increment<Key, Outcome>(counts: Map<Key, Map<Outcome, number>>, key: Key, outcome: Outcome): void {
  let row = counts.get(key);
  if (row === undefined) {
    row = new Map();
    counts.set(key, row);
  }
  row.set(outcome, (row.get(outcome) ?? 0) + 1);
}

function histogramOf<Key>(histograms: Map<Key, Histogram>, key: Key, bounds: readonly number[]): Histogram {
  let histogram = histograms.get(key);
  if (histogram === undefined) {
    histogram = new Histogram(bounds);
    histograms.set(key, histogram);
  }
  return histogram;
}
