/**
 * How something moved over three or more moments. `monotone`: up and never much down; `wave`: up and down again, so that
 * its net growth depends on when one looked; `levelled`: up, and level by the end; `unknown`: fewer than three moments.
 */
export type GrowthCourse = "monotone" | "levelled" | "wave" | "level" | "falling" | "unknown";

/** Falling back by less than this share of the whole range is a wobble. */
const WOBBLE = 0.15;
/** What the second half adds, as a share of the range, to something that has not levelled off. */
const LEVELLED_SHARE = 0.1;
/** With fewer moments the second half is one step, which may be small by chance. */
const LEAST_TO_LEVEL = 5;

/**
 * Tells growth that went one way from growth that comes and goes, by the deepest fall from a high and the highest rise
 * from a low. Moves up to `noise` are none.
 */
export function classifyCourse(value: readonly number[], noise: number): GrowthCourse {
  const known = value.filter((v) => Number.isFinite(v));
  if (known.length < 3) return "unknown";
  let [highest, lowest] = [known[0]!, known[0]!];
  let [fall, rise] = [0, 0];
  for (const v of known) {
    highest = Math.max(highest, v);
    lowest = Math.min(lowest, v);
    fall = Math.max(fall, highest - v);
    rise = Math.max(rise, v - lowest);
  }
  const range = highest - lowest;
  if (range <= noise) return "level";
  const wobble = Math.max(noise, WOBBLE * range);
  if (fall > wobble) return rise > wobble ? "wave" : "falling";
  const last = known.length - 1;
  const later = known[last]! - known[last >> 1]!;
  if (known.length >= LEAST_TO_LEVEL && later < LEVELLED_SHARE * range) return "levelled";
  return "monotone";
}
