/**
 * Labelled memory series, generated from a seed: what leaks and what only looks like it, over windows from 30 seconds
 * to 14 days, with the noise, waves, restarts and saw-teeth of real services. Deterministic.
 */
export interface LabelledSeries {
  family: string;
  /** Would somebody who knew the program call it a leak? */
  leaks: boolean;
  seconds: number[];
  bytes: number[];
  /** What the container may use. */
  limitBytes: number;
}

export interface CorpusOptions {
  seed: number;
  /** Series of each family. */
  each: number;
  /** Other noise levels, rates and windows than those the detector was tuned on. */
  heldOut?: boolean;
}

const MB = 2 ** 20;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;

/** Deterministic chance (mulberry32): the same seed makes the same corpus everywhere. */
class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Even in the logarithm: rates and times spread over orders of magnitude. */
  scaled(low: number, high: number): number {
    return low * (high / low) ** this.next();
  }

  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}

/** A moment of a window and its place in it, 0 to 1. */
interface Window {
  seconds: number[];
  span: number;
}

interface Setting {
  chance: Chance;
  heldOut: boolean;
  window: Window;
  /** Level at the start, bytes. */
  base: number;
  limit: number;
  /** Standard deviation of the noise, bytes. */
  noise: number;
}

type Shape = (setting: Setting) => number[];

interface Family {
  leaks: boolean;
  /** `short`: 6 to 12 samples in up to two minutes; `long`: hours to 14 days. */
  window: "short" | "long" | "days";
  bytes: Shape;
}

const SHORT_SECONDS = [30, 60, 120];
const LONG: readonly [span: number, every: number][] = [
  [HOUR, 15],
  [3 * HOUR, 30],
  [6 * HOUR, MINUTE],
  [DAY, MINUTE],
  [3 * DAY, MINUTE],
  [14 * DAY, MINUTE],
];
const DAYS = LONG.filter(([span]) => span >= 3 * DAY);

/** What a leak adds over the window: seldom less than 4 %, else nobody can tell it, seldom more than four times. */
function growthOf({ chance, window, base }: Setting): number {
  if (window.span < HOUR) return base * chance.scaled(0.08, 1);
  const perHour = chance.scaled(0.001, 0.1);
  return base * Math.min(4, Math.max(0.06, (perHour * window.span) / HOUR));
}

const along = ({ window }: Setting, f: (share: number, seconds: number) => number): number[] =>
  window.seconds.map((t) => f(t / window.span, t));

function white(setting: Setting, bytes: number[]): number[] {
  return bytes.map((b) => b + setting.noise * setting.chance.normal());
}

/** First-order autoregressive noise with the stationary deviation `noise`. */
function red(setting: Setting, bytes: number[], phi = 0.9): number[] {
  let state = setting.noise * setting.chance.normal();
  const innovation = setting.noise * Math.sqrt(1 - phi * phi);
  return bytes.map((b) => {
    state = phi * state + innovation * setting.chance.normal();
    return b + state;
  });
}

/** Daily load: a wave with its second harmonic, and a weekend below the week. */
function daily(setting: Setting, amplitude: number): (seconds: number) => number {
  const { chance } = setting;
  const shift = chance.between(0, DAY);
  const skew = chance.between(0, 0.4);
  const weekend = chance.between(0.5, 1);
  const firstDay = chance.whole(0, 6);
  return (t) => {
    const phase = (2 * Math.PI * (t + shift)) / DAY;
    const isWeekend = (Math.floor((t + shift) / DAY) + firstDay) % 7 >= 5;
    return (
      amplitude * (isWeekend ? weekend : 1) * (0.5 + 0.5 * Math.sin(phase) + skew * 0.3 * Math.sin(2 * phase))
    );
  };
}

/** Heap in use as the collector lets it swing: from what is live up to live × (1 + GOGC/100). */
function sawTooth(setting: Setting, live: number[], gogc: number, allocationPerSecond: number): number[] {
  const { chance, window } = setting;
  const phaseJitter = 0.05;
  let phase = chance.next();
  return live.map((floor, i) => {
    const dt = i === 0 ? 0 : window.seconds[i]! - window.seconds[i - 1]!;
    const cycleSeconds = (floor * (gogc / 100)) / allocationPerSecond;
    phase += (dt / cycleSeconds) * (1 + phaseJitter * chance.normal());
    return floor * (1 + (gogc / 100) * (phase - Math.floor(phase)));
  });
}

/** Resident memory: the highest point of the saw-tooth, given back slowly by the scavenger. */
function resident(setting: Setting, heap: number[]): number[] {
  const { window } = setting;
  let held = 0;
  return heap.map((bytes, i) => {
    const dt = i === 0 ? 0 : window.seconds[i]! - window.seconds[i - 1]!;
    held = Math.max(bytes, held * Math.exp(-dt / RELEASE_SECONDS));
    return 1.1 * held;
  });
}

const RELEASE_SECONDS = 1200;

/** Allocation rates at which a cycle takes from a second to some minutes. */
const allocationOf = ({ chance, base }: Setting) => base / chance.scaled(1, 300);

function restarted(setting: Setting, run: (secondsOfRun: number) => number, regular: boolean): number[] {
  const { chance, window, base } = setting;
  const count = chance.whole(1, 3);
  const starts = Array.from({ length: count }, (_, k) =>
    regular
      ? (window.span * (k + 1)) / (count + 1)
      : (window.span * (k + chance.between(0.3, 1))) / (count + 0.7),
  );
  return window.seconds.map((t) => {
    const start = starts.findLast((s) => s <= t) ?? -window.span / (count + 1);
    return base + run(t - start);
  });
}

const FAMILIES: Record<string, Family> = {
  "linear, white noise": {
    leaks: true,
    window: "long",
    bytes: (s) => white(s, along(s, linearly(s))),
  },
  "linear, AR(1) 0.9": { leaks: true, window: "long", bytes: (s) => red(s, along(s, linearly(s))) },
  "slow, 0.5 %/h": {
    leaks: true,
    window: "days",
    bytes: (s) =>
      red(
        s,
        along(s, (_, t) => s.base * (1 + (0.005 * t) / HOUR)),
      ),
  },
  "linear after warm-up": {
    leaks: true,
    window: "long",
    bytes: (s) => {
      const grows = growthOf(s);
      const warm = s.base * s.chance.between(0.3, 1.5);
      const tau = s.window.span * s.chance.between(0.01, 0.06);
      return red(
        s,
        along(s, (x, t) => s.base - warm * 0.2 + warm * (1 - Math.exp(-t / tau)) + 1.5 * grows * x),
      );
    },
  },
  accelerating: {
    leaks: true,
    window: "long",
    bytes: (s) => {
      const grows = growthOf(s);
      const power = s.chance.between(1.5, 2.5);
      return white(
        s,
        along(s, (x) => s.base + 1.5 * grows * x ** power),
      );
    },
  },
  "stepwise leak": {
    leaks: true,
    window: "long",
    bytes: (s) => {
      const grows = growthOf(s) + 4 * s.noise;
      const steps = s.chance.whole(5, 12);
      return white(
        s,
        along(s, (x) => s.base + (grows * Math.floor(x * steps + 0.5)) / steps),
      );
    },
  },
  "leak in doublings": {
    leaks: true,
    window: "long",
    bytes: (s) => {
      const first = s.chance.between(0.02, 0.06);
      return white(
        s,
        along(s, (x) => s.base + s.base * 0.15 * 2 ** Math.max(-1, Math.floor(Math.log2(x / first + 1e-9)))),
      );
    },
  },
  "leak under daily load": {
    leaks: true,
    window: "days",
    bytes: (s) => {
      const load = daily(s, s.base * s.chance.between(0.1, 0.6));
      const grows = Math.max(growthOf(s), 0.3 * s.base);
      return red(
        s,
        along(s, (x, t) => s.base + grows * x + load(t)),
      );
    },
  },
  "leak with restarts": {
    leaks: true,
    window: "long",
    bytes: (s) => {
      const grows = Math.max(growthOf(s), 3 * s.base);
      return white(
        s,
        restarted(s, (t) => (grows * t) / s.window.span, false),
      );
    },
  },
  "leak killed at the limit": {
    leaks: true,
    window: "long",
    bytes: (s) => {
      const grows = s.base * s.chance.between(3, 8);
      return white(
        s,
        restarted(s, (t) => (grows * t) / s.window.span, true),
      );
    },
  },
  "leak, saw-tooth GOGC=100": {
    leaks: true,
    window: "long",
    bytes: (s) => sawTooth(s, along(s, linearly(s, 0.25)), 100, allocationOf(s)),
  },
  "leak, saw-tooth GOGC=400": {
    leaks: true,
    window: "long",
    bytes: (s) => sawTooth(s, along(s, linearly(s, 0.4)), 400, allocationOf(s)),
  },
  "leak, resident set GOGC=100": {
    leaks: true,
    window: "long",
    bytes: (s) => resident(s, sawTooth(s, along(s, linearly(s, 0.25)), 100, allocationOf(s))),
  },
  "leak, batches on top": {
    leaks: true,
    window: "long",
    bytes: (s) => {
      const grows = Math.max(growthOf(s), 0.2 * s.base);
      const batch = batches(s);
      return white(
        s,
        along(s, (x, t) => s.base + grows * x + batch(t)),
      );
    },
  },
  "short: linear": {
    leaks: true,
    window: "short",
    bytes: (s) => white(s, along(s, linearly(s))),
  },
  "short: linear, sampled profile": {
    leaks: true,
    window: "short",
    bytes: (s) => sampled(s, along(s, linearly(s, 0.15))),
  },
  "short: linear, steady heap of 200 MB and more": {
    leaks: true,
    window: "short",
    bytes: (s) => {
      const grows = Math.max(growthOf(s), 0.16 * s.base);
      return white(
        s,
        along(s, (x) => 4 * s.base + grows * x),
      );
    },
  },
  "white noise": {
    leaks: false,
    window: "long",
    bytes: (s) =>
      white(
        s,
        along(s, () => s.base),
      ),
  },
  "AR(1) 0.9": {
    leaks: false,
    window: "long",
    bytes: (s) =>
      red(
        { ...s, noise: 2 * s.noise },
        along(s, () => s.base),
      ),
  },
  "saturating, exponential": {
    leaks: false,
    window: "long",
    bytes: (s) => {
      const rise = s.base * s.chance.scaled(0.2, 4);
      const tau = s.window.span / s.chance.between(3, 15);
      return white(
        s,
        along(s, (_, t) => s.base + rise * (1 - Math.exp(-t / tau))),
      );
    },
  },
  "saturating, logarithmic": {
    leaks: false,
    window: "long",
    bytes: (s) => {
      const rise = s.base * s.chance.scaled(0.1, 0.5);
      const tau = s.window.span / s.chance.scaled(100, 1000);
      return white(
        s,
        along(s, (_, t) => s.base + (rise * Math.log1p(t / tau)) / 4),
      );
    },
  },
  "saturating, linear then flat": {
    leaks: false,
    window: "long",
    bytes: (s) => {
      const rise = s.base * s.chance.scaled(0.2, 4);
      const knee = s.chance.between(0.15, 0.6);
      return red(
        s,
        along(s, (x) => s.base + rise * Math.min(1, x / knee)),
      );
    },
  },
  "periodic batch": {
    leaks: false,
    window: "long",
    bytes: (s) => {
      const batch = batches(s);
      return white(
        s,
        along(s, (_, t) => s.base + batch(t)),
      );
    },
  },
  "daily load": {
    leaks: false,
    window: "days",
    bytes: (s) => {
      const load = daily(s, s.base * s.chance.scaled(0.1, 1.5));
      return red(
        s,
        along(s, (_, t) => s.base + load(t)),
      );
    },
  },
  "restarts, warm-up each time": {
    leaks: false,
    window: "long",
    bytes: (s) => {
      const warm = s.base * s.chance.between(1.5, 4);
      const tau = s.window.span * s.chance.between(0.005, 0.03);
      return white(
        s,
        restarted(s, (t) => warm * (1 - Math.exp(-t / tau)), false),
      );
    },
  },
  "saw-tooth GOGC=100": {
    leaks: false,
    window: "long",
    bytes: (s) =>
      sawTooth(
        s,
        white(
          { ...s, noise: 0.5 * s.noise },
          along(s, () => s.base),
        ),
        100,
        allocationOf(s),
      ),
  },
  "saw-tooth GOGC=400": {
    leaks: false,
    window: "long",
    bytes: (s) =>
      sawTooth(
        s,
        white(
          { ...s, noise: 0.5 * s.noise },
          along(s, () => s.base),
        ),
        400,
        allocationOf(s),
      ),
  },
  "resident set GOGC=100": {
    leaks: false,
    window: "long",
    bytes: (s) => {
      const live = red(
        s,
        along(s, () => s.base),
      );
      return resident(s, sawTooth(s, live, 100, allocationOf(s)));
    },
  },
  "resident set GOGC=400": {
    leaks: false,
    window: "long",
    bytes: (s) => {
      const live = red(
        s,
        along(s, () => s.base),
      );
      return resident(s, sawTooth(s, live, 400, allocationOf(s)));
    },
  },
  "step, deploy": {
    leaks: false,
    window: "long",
    bytes: (s) => {
      const step = s.base * s.chance.scaled(0.1, 1);
      const at = s.chance.between(0.1, 0.8);
      return red(
        s,
        along(s, (x) => s.base + (x < at ? 0 : step)),
      );
    },
  },
  "warm-up": {
    leaks: false,
    window: "long",
    bytes: (s) => {
      const tau = s.window.span * s.chance.between(0.005, 0.05);
      return red(
        s,
        along(s, (_, t) => s.base * (0.2 + 0.8 * (1 - Math.exp(-t / tau)))),
      );
    },
  },
  "burst that came back": {
    leaks: false,
    window: "long",
    bytes: (s) => {
      const height = s.base * s.chance.between(0.3, 3);
      const middle = s.chance.between(0.2, 0.75);
      const width = s.chance.between(0.03, 0.12);
      return white(
        s,
        along(s, (x) => s.base + height * Math.exp(-(((x - middle) / width) ** 2))),
      );
    },
  },
  falling: {
    leaks: false,
    window: "long",
    bytes: (s) =>
      white(
        s,
        along(s, (x) => s.base * (1 - 0.4 * x)),
      ),
  },
  "short: noise": {
    leaks: false,
    window: "short",
    bytes: (s) =>
      white(
        s,
        along(s, () => s.base),
      ),
  },
  "short: AR(1) 0.9": {
    leaks: false,
    window: "short",
    bytes: (s) =>
      red(
        { ...s, noise: 1.5 * s.noise },
        along(s, () => s.base),
      ),
  },
  "short: a cache that fills": {
    leaks: false,
    window: "short",
    bytes: (s) => {
      const rise = s.base * s.chance.scaled(0.2, 4);
      const tau = s.window.span / s.chance.between(4, 12);
      return white(
        s,
        along(s, (_, t) => s.base + rise * (1 - Math.exp(-t / tau))),
      );
    },
  },
  "short: ramp to a level": {
    leaks: false,
    window: "short",
    bytes: (s) => {
      const rise = s.base * s.chance.scaled(0.2, 4);
      const knee = s.chance.between(0.1, 0.5);
      return white(
        s,
        along(s, (x) => s.base + rise * Math.min(1, x / knee)),
      );
    },
  },
  "short: wave": {
    leaks: false,
    window: "short",
    bytes: (s) => {
      const height = s.base * s.chance.between(0.1, 0.8);
      const waves = s.chance.between(1.2, 3);
      const shift = s.chance.between(0, 2 * Math.PI);
      return white(
        s,
        along(s, (x) => s.base + height * (1 + Math.sin(2 * Math.PI * waves * x + shift))),
      );
    },
  },
  "short: sampled profile": {
    leaks: false,
    window: "short",
    bytes: (s) =>
      sampled(
        s,
        along(s, () => s.base),
      ),
  },
};

function linearly(s: Setting, least = 0): (share: number) => number {
  const grows = Math.max(growthOf(s), least * s.base);
  return (x) => s.base + grows * x;
}

/** A job that runs regularly: memory up within a tenth of its period, and back. */
function batches(s: Setting): (seconds: number) => number {
  const waves = s.chance.between(4, 40);
  const period = s.window.span / waves;
  const busy = s.chance.between(0.15, 0.6);
  const height = s.base * s.chance.between(0.2, 0.8);
  const shift = s.chance.next();
  return (t) => {
    const phase = (t / period + shift) % 1;
    if (phase >= busy) return 0;
    return height * Math.min(1, phase / (0.3 * busy), (busy - phase) / (0.1 * busy));
  };
}

/** A heap profile's estimate: what is seen of a change is a Poisson count of sampled allocations of 512 KiB each. */
function sampled(s: Setting, bytes: number[]): number[] {
  const weight = MB / 2;
  let seen = bytes[0]!;
  let before = bytes[0]!;
  return bytes.map((b) => {
    const grown = Math.max(0, b - before);
    before = b;
    const expected = grown / weight;
    seen += weight * Math.max(0, Math.round(expected + Math.sqrt(expected) * s.chance.normal()));
    return seen + (grown === 0 ? 0.5 * weight * Math.round(s.chance.normal()) : 0);
  });
}

function pickWindow(kind: Family["window"], chance: Chance, heldOut: boolean): Window {
  if (kind === "short") {
    const span = SHORT_SECONDS[chance.whole(0, SHORT_SECONDS.length - 1)]! * (heldOut ? 1.4 : 1);
    const samples = chance.whole(6, 12);
    const seconds = Array.from({ length: samples }, (_, i) => (span * i) / (samples - 1));
    return { seconds, span };
  }
  const windows = kind === "days" ? DAYS : LONG;
  const [fullSpan, every] = windows[chance.whole(0, windows.length - 1)]!;
  const span = fullSpan * (heldOut ? chance.between(0.75, 1) : 1);
  const seconds: number[] = [];
  for (let t = 0; t < span; t += every) {
    // Scrapes fail now and then.
    if (chance.next() > 0.01) seconds.push(t);
  }
  return { seconds, span };
}

export function generateTrendCorpus({ seed, each, heldOut = false }: CorpusOptions): LabelledSeries[] {
  const corpus: LabelledSeries[] = [];
  for (const [index, [family, { leaks, window, bytes }]] of Object.entries(FAMILIES).entries()) {
    for (let k = 0; k < each; k++) {
      const chance = new Chance(seed * 1_000_003 + index * 1009 + k);
      const picked = pickWindow(window, chance, heldOut);
      const base = (window === "short" ? chance.scaled(20, 120) : chance.scaled(60, 2000)) * MB;
      const noiseShare = window === "short" ? chance.scaled(0.001, 0.012) : chance.scaled(0.003, 0.03);
      const setting: Setting = {
        chance,
        heldOut,
        window: picked,
        base,
        limit: base * chance.between(3, 8),
        noise: base * noiseShare * (heldOut ? 1.3 : 1),
      };
      corpus.push({
        family,
        leaks,
        seconds: picked.seconds,
        bytes: bytes(setting).map((b) => Math.max(0, Math.round(b))),
        limitBytes: setting.limit,
      });
    }
  }
  return corpus;
}
