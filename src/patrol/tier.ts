/**
 * How soon somebody has to act. P0: now, it is about to die. P1: within the hour. P2: today. P3: to know.
 * A finding's severity says what was found; the tier says whom to wake.
 */
export type Tier = "P0" | "P1" | "P2" | "P3";
