/**
 * Shapes that growth can have over a window, each a straight line in some function of time: `value = a + b·basis(t)`,
 * with t from 0 to 1 over the window. Fitting one is then a regression for every value of its one parameter.
 */
type GrowthModelKind = "linear" | "exponential" | "logarithmic" | "hinge" | "step" | "accelerating";

interface GrowthModel {
  kind: GrowthModelKind;
  /** Time constant, knee or step as a share of the window; NaN for a line. */
  parameter: number;
  residuals: Float64Array;
  /** Mean squared residual, at least the measurement's own variance. */
  variance: number;
  /** Slope at the end of the window over the mean slope of the window: 1 for a line, 0 for a plateau. */
  endSlopeRatio: number;
  /** From where on the window (0 to 1) what the model calls the rise is over; 1 if it is not. */
  settledAt: number;
  /** Schwarz's criterion, smaller is better; see `computeBic`. */
  bic: number;
}

interface Family {
  kind: GrowthModelKind;
  parameters: readonly number[];
  basis(t: number, parameter: number): number;
  endSlope(parameter: number): number;
  settledAt(parameter: number): number;
}

const geometric = (from: number, to: number, count: number) =>
  Array.from({ length: count }, (_, i) => from * (to / from) ** (i / (count - 1)));
const even = (from: number, to: number, count: number) =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

/** After so many time constants less than 8 % of an exponential's rise is left. */
const SETTLED_TIME_CONSTANTS = 2.5;

const LINEAR: Family = {
  kind: "linear",
  parameters: [Number.NaN],
  basis: (t) => t,
  endSlope: () => 1,
  settledAt: () => 1,
};

const LEVELLING: readonly Family[] = [
  {
    kind: "exponential",
    parameters: geometric(0.02, 1, 24),
    basis: (t, tau) => -Math.expm1(-t / tau),
    endSlope: (tau) => Math.exp(-1 / tau) / tau / -Math.expm1(-1 / tau),
    settledAt: (tau) => Math.min(1, SETTLED_TIME_CONSTANTS * tau),
  },
  {
    kind: "logarithmic",
    parameters: geometric(0.002, 0.1, 10),
    basis: (t, tau) => Math.log1p(t / tau),
    endSlope: (tau) => 1 / (1 + tau) / Math.log1p(1 / tau),
    settledAt: () => 1,
  },
  {
    kind: "hinge",
    parameters: even(0.05, 0.95, 37),
    basis: (t, knee) => Math.min(t, knee),
    endSlope: () => 0,
    settledAt: (knee) => knee,
  },
  {
    kind: "step",
    parameters: even(0.02, 0.98, 97),
    basis: (t, at) => (t < at ? 0 : 1),
    endSlope: () => 0,
    settledAt: (at) => at,
  },
];

const ACCELERATING: Family = {
  kind: "accelerating",
  parameters: geometric(0.15, 1, 10),
  basis: (t, tau) => Math.expm1(t / tau),
  endSlope: (tau) => Math.exp(1 / tau) / tau / Math.expm1(1 / tau),
  settledAt: () => 1,
};

export interface GrowthModels {
  linear: GrowthModel;
  /** The best of those that slow down or stop. */
  levelling: GrowthModel;
  accelerating: GrowthModel;
}

/**
 * Fits every family by least squares over its parameters. `floorVariance` is the variance that measurement alone gives:
 * no model is better for following what is below it. Linear in the length for each parameter.
 */
export function fitGrowthModels(
  time: ArrayLike<number>,
  value: ArrayLike<number>,
  floorVariance: number,
): GrowthModels {
  const line = fitFamily(time, value, LINEAR, floorVariance);
  const levelling = LEVELLING.map((family) => fitFamily(time, value, family, floorVariance));
  const accelerating = fitFamily(time, value, ACCELERATING, floorVariance);
  const all = [line, ...levelling, accelerating];
  // The criterion counts independent points, and what is left of the best fit tells how many there are.
  const best = all.reduce((a, b) => (b.variance < a.variance ? b : a));
  const phi = computeAutocorrelation(best.residuals);
  const independent = Math.max(4, (value.length * (1 - phi)) / (1 + phi));
  for (const model of all) model.bic = computeBic(model, independent);
  return {
    linear: line,
    levelling: levelling.reduce((a, b) => (b.bic < a.bic ? b : a)),
    accelerating,
  };
}

/** n ln(σ²) + k ln(n) with n independent points: a line has two parameters, the others three. */
function computeBic(model: GrowthModel, independent: number): number {
  return independent * Math.log(model.variance) + (model.kind === "linear" ? 2 : 3) * Math.log(independent);
}

function fitFamily(
  time: ArrayLike<number>,
  value: ArrayLike<number>,
  family: Family,
  floorVariance: number,
): GrowthModel {
  const n = value.length;
  let best: { parameter: number; a: number; b: number; squares: number } | undefined;
  const basis = new Float64Array(n);
  for (const parameter of family.parameters) {
    for (let i = 0; i < n; i++) basis[i] = family.basis(time[i]!, parameter);
    const fit = regress(basis, value);
    // A model of growth that falls is none.
    if (fit === undefined || !(fit.b > 0)) continue;
    if (best === undefined || fit.squares < best.squares) best = { parameter, ...fit };
  }
  const { parameter, a, b } = best ?? { parameter: family.parameters[0]!, a: mean(value), b: 0 };
  const residuals = new Float64Array(n);
  for (let i = 0; i < n; i++)
    residuals[i] = value[i]! - a - (b === 0 ? 0 : b * family.basis(time[i]!, parameter));
  const squares = residuals.reduce((sum, r) => sum + r * r, 0);
  return {
    kind: family.kind,
    parameter,
    residuals,
    variance: Math.max(squares / n, floorVariance, Number.MIN_VALUE),
    endSlopeRatio: family.endSlope(parameter),
    settledAt: family.settledAt(parameter),
    bic: Number.NaN,
  };
}

function regress(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
): { a: number; b: number; squares: number } | undefined {
  const n = y.length;
  const meanX = mean(x);
  const meanY = mean(y);
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let i = 0; i < n; i++) {
    const dx = x[i]! - meanX;
    const dy = y[i]! - meanY;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  if (!(xx > 0)) return undefined;
  const b = xy / xx;
  return { a: meanY - b * meanX, b, squares: Math.max(0, yy - b * xy) };
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length === 0 ? 0 : sum / values.length;
}

/** Beyond this a series is as good as a random walk, and no correction is enough. */
const MAX_AUTOCORRELATION = 0.97;

/**
 * Lag-1 autocorrelation of residuals, with the first-order correction for its bias in short series (Marriott and Pope
 * 1954). 0 where it is not told from none (one-sided 5 %).
 */
export function computeAutocorrelation(residuals: ArrayLike<number>): number {
  const n = residuals.length;
  if (n < 8) return 0;
  const center = mean(residuals);
  let own = 0;
  let next = 0;
  for (let i = 0; i < n; i++) {
    const r = residuals[i]! - center;
    own += r * r;
    if (i + 1 < n) next += r * (residuals[i + 1]! - center);
  }
  if (!(own > 0)) return 0;
  const raw = next / own;
  if (raw < 1.645 / Math.sqrt(n)) return 0;
  return Math.min(MAX_AUTOCORRELATION, (n * raw + 1) / (n - 3));
}
