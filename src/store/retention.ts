import type { StoreConfig } from "../patrol/config/patrol-config.ts";

/** An alert that is over is kept for a day, to tell a flapping one. */
export const RESOLVED_ALERT_KEPT_MS: number = 24 * 3600_000;

/** The moments before which rows are too old. */
export interface Cutoffs {
  metricsMs: number;
  downsampledMs: number;
  profilesMs: number;
  runsMs: number;
  capturesMs: number;
}

export function computeCutoffs(retention: StoreConfig["retention"], nowMs: number): Cutoffs {
  return {
    metricsMs: nowMs - retention.metricsMs,
    downsampledMs: nowMs - retention.downsampledMs,
    profilesMs: nowMs - retention.profilesMs,
    runsMs: nowMs - retention.runsMs,
    capturesMs: nowMs - retention.capturesMs,
  };
}
