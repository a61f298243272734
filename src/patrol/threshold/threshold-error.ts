import type { Place } from "./expression.ts";

/** What is wrong with an expression and where, as offsets in its source; `suggestion` says what to write. */
export interface ThresholdError extends Place {
  message: string;
  suggestion: string | null;
}
