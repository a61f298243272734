/** Units that a reported number can have. Rates are per second; a renderer may show them per minute or hour. */
export type Unit =
  | "bytes"
  | "bytes/s"
  | "count"
  | "count/s"
  | "ms"
  | "seconds"
  | "minutes"
  | "fraction"
  | "cycles/s";

/** A number that cannot be shown without its unit. `estimate` marks values that were sampled or extrapolated. */
export interface Quantity {
  value: number;
  unit: Unit;
  estimate?: true;
}

export function quantity(value: number, unit: Unit): Quantity {
  return { value, unit };
}

export function estimate(value: number, unit: Unit): Quantity {
  return { value, unit, estimate: true };
}
