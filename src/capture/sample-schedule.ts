/** A window of samples; `everyMs` is at most `windowMs`, both above 0. */
export interface SampleSchedule {
  windowMs: number;
  everyMs: number;
}

/** A sample that is over. Times are milliseconds since the first sample began. */
export interface PastSample {
  /** How many have been taken, this one included. */
  taken: number;
  dueMs: number;
  startedMs: number;
  endedMs: number;
}

/** The fewest from which growth can be told. */
const LEAST_SAMPLES = 2;

/** How many samples the window holds if none takes long. */
export function countPlannedSamples(schedule: SampleSchedule): number {
  // Regular ticks from 0, and one at the end.
  return Math.floor(lastTickMs(schedule) / schedule.everyMs) + 2;
}

/**
 * When the next sample is due, or undefined if there is none to come.
 *
 * Samples are due at 0, everyMs, 2·everyMs …, and at the end of the window. A slow target is given as much time to
 * itself as the last sample took, so that at most half of its time is ours; ticks that pass meanwhile are left out
 * and not made up for. Where that leaves a window with one sample, a second is taken behind its end.
 */
export function computeNextDueMs(schedule: SampleSchedule, past: PastSample): number | undefined {
  const { windowMs, everyMs } = schedule;
  const restedMs = past.endedMs + (past.endedMs - past.startedMs);
  if (past.dueMs < windowMs) {
    const tick = Math.max(Math.round(past.dueMs / everyMs) + 1, Math.ceil(restedMs / everyMs));
    if (tick * everyMs <= lastTickMs(schedule)) return tick * everyMs;
    if (restedMs <= windowMs) return windowMs;
  }
  return past.taken < LEAST_SAMPLES ? restedMs : undefined;
}

/** A tick in the last half interval would crowd the sample at the end. */
function lastTickMs({ windowMs, everyMs }: SampleSchedule): number {
  return windowMs - everyMs / 2;
}
