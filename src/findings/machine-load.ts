import type { Evidence } from "./evidence.ts";

/**
 * Where some task of the machine waits for a CPU this much of the time, whatever is timed is too long: a stop of the
 * world waits for the turns of others, and the runtime counts the waits of its workers as CPU that they used.
 */
const BUSY_PRESSURE = 0.4;

/** The pressure on the machine's CPUs (PSI, "some"), if it is so high that durations and shares of CPU mislead. */
export function findCpuPressure({ process }: Evidence): number | undefined {
  const pressure = process?.cpuPressure ?? 0;
  return pressure >= BUSY_PRESSURE ? pressure : undefined;
}
