import type { Unit } from "./quantity.ts";

export type TimeBase = "second" | "minute" | "hour" | "day";

export interface FormatOptions {
  /** Writes "+" before positive values: for differences. */
  signed?: boolean;
  /** Writes "~" before the number: for values that were sampled or extrapolated. */
  estimate?: boolean;
  /** Time base of a rate; without it the one that gives a readable number. Other units ignore it. */
  per?: TimeBase;
  /** The words between the numbers, in another language than English. */
  words?: QuantityWords;
}

/** The few words that stand among numbers and units. */
export interface QuantityWords {
  /** For a value that is not finite. */
  unknown: string;
  /** Collections, as a unit: "2.5 cycles/s". */
  cycles: string;
  /** Between the bounds of an interval: "1.7 to 2.1". */
  to: string;
}

const ENGLISH: QuantityWords = { unknown: "unknown", cycles: "cycles", to: "to" };

/** How numbers of about one size are shown: `value / divisor`, then the suffix. Axes use one for all their ticks. */
export interface QuantityScale {
  divisor: number;
  /** With its leading space where one belongs: " MB/s", "/min", " %", "". */
  suffix: string;
}

const BYTE_SUFFIXES = [" B", " kB", " MB", " GB", " TB", " PB"];
const TIME_BASES: readonly { name: TimeBase; seconds: number; suffix: string }[] = [
  { name: "second", seconds: 1, suffix: "/s" },
  { name: "minute", seconds: 60, suffix: "/min" },
  { name: "hour", seconds: 3600, suffix: "/h" },
  { name: "day", seconds: 86_400, suffix: "/d" },
];
const SECONDS_IN = { ms: 0.001, seconds: 1, minutes: 60 } as const;

/** What rounding leaves of sums and slopes: less than half a byte is none. */
const NO_BYTES = 0.5;

/**
 * A number in words, at most three significant digits except for counts: "1.9 MB", "812 kB", "38 kB/min", "12,345",
 * "2 h 10 min", "12 %".
 *
 * Bytes are binary multiples spelled kB, MB, GB, as pprof prints them, so that figures can be compared with
 * `go tool pprof`. A value that is not finite reads "unknown".
 */
export function formatQuantity(value: number, unit: Unit, options: FormatOptions = {}): string {
  const { words = ENGLISH } = options;
  if (!Number.isFinite(value)) return words.unknown;
  const isNothing = unit === "bytes" && Math.abs(value) < NO_BYTES;
  const magnitude = isNothing ? 0 : Math.abs(value);
  const sign = magnitude === 0 ? "" : value < 0 ? "-" : options.signed ? "+" : "";
  return `${options.estimate ? "~" : ""}${sign}${formatMagnitude(magnitude, unit, options.per, words)}`;
}

/**
 * An estimate with its bounds, all three on the scale of the largest: "1.9 MB/s (1.7 to 2.1)". A duration, which has
 * no single scale, repeats its units.
 */
export function formatInterval(
  interval: { estimate: number; low: number; high: number },
  unit: Unit,
  options: Pick<FormatOptions, "per" | "words"> = {},
): string {
  const { estimate, low, high } = interval;
  const { per, words = ENGLISH } = options;
  if (isDuration(unit)) {
    const say = (value: number) => formatQuantity(value, unit, { words });
    return `${say(estimate)} (${say(low)} ${words.to} ${say(high)})`;
  }
  const scale = chooseScale(Math.max(Math.abs(estimate), Math.abs(low), Math.abs(high)), unit, per, words);
  return `${formatOnScale(estimate, scale)} (${formatNumber(low / scale.divisor)} ${words.to} ${formatNumber(high / scale.divisor)})`;
}

/** The scale on which `value` reads best. Durations get their largest whole unit: " s", " min", " h", " d". */
export function chooseScale(value: number, unit: Unit, per?: TimeBase, words = ENGLISH): QuantityScale {
  const magnitude = Number.isFinite(value) ? Math.abs(value) : 0;
  switch (unit) {
    case "bytes":
      return byteScale(magnitude);
    case "bytes/s": {
      const base = chooseTimeBase(magnitude, 1024, per);
      const bytes = byteScale(magnitude * base.seconds);
      return { divisor: bytes.divisor / base.seconds, suffix: bytes.suffix + base.suffix };
    }
    case "count":
      return { divisor: 1, suffix: "" };
    case "count/s":
    case "cycles/s": {
      const base = chooseTimeBase(magnitude, 1, per);
      return {
        divisor: 1 / base.seconds,
        suffix: (unit === "cycles/s" ? ` ${words.cycles}` : "") + base.suffix,
      };
    }
    case "ms":
    case "seconds":
    case "minutes":
      return durationScale(magnitude, SECONDS_IN[unit]);
    case "fraction":
      return { divisor: 0.01, suffix: " %" };
  }
}

/** One number on a given scale: "20 MB". */
export function formatOnScale(value: number, scale: QuantityScale): string {
  return `${formatNumber(value / scale.divisor)}${scale.suffix}`;
}

function formatMagnitude(
  magnitude: number,
  unit: Unit,
  per: TimeBase | undefined,
  words: QuantityWords,
): string {
  if (unit === "count") return formatNumber(magnitude);
  if (unit === "fraction") return formatPercent(magnitude * 100);
  if (isDuration(unit)) return formatDuration(magnitude * SECONDS_IN[unit]);
  return formatOnScale(magnitude, chooseScale(magnitude, unit, per, words));
}

function isDuration(unit: Unit): unit is keyof typeof SECONDS_IN {
  return unit in SECONDS_IN;
}

function byteScale(magnitude: number): QuantityScale {
  let step = 0;
  let divisor = 1;
  // The next multiple begins where three digits end, not at 1024: "0.98 MB" rather than "1,004 kB".
  while (step < BYTE_SUFFIXES.length - 1 && magnitude / divisor >= 999.5) {
    divisor *= 1024;
    step++;
  }
  return { divisor, suffix: BYTE_SUFFIXES[step]! };
}

/** The shortest time base in which the rate reaches `readable`; zero has no size, so it stays per second. */
function chooseTimeBase(perSecond: number, readable: number, per: TimeBase | undefined) {
  const wanted =
    per !== undefined
      ? TIME_BASES.find((base) => base.name === per)
      : TIME_BASES.find((base) => perSecond === 0 || perSecond * base.seconds >= readable);
  return wanted ?? TIME_BASES[TIME_BASES.length - 1]!;
}

function durationScale(magnitude: number, secondsPerUnit: number): QuantityScale {
  const seconds = magnitude * secondsPerUnit;
  const [unitSeconds, suffix]: [number, string] =
    seconds >= 2 * 86_400
      ? [86_400, " d"]
      : seconds >= 2 * 3600
        ? [3600, " h"]
        : seconds >= 120
          ? [60, " min"]
          : seconds >= 0.9995 || seconds === 0
            ? [1, " s"]
            : seconds >= 0.000_999_5
              ? [0.001, " ms"]
              : [0.000_001, " µs"];
  return { divisor: unitSeconds / secondsPerUnit, suffix };
}

function formatDuration(seconds: number): string {
  if (seconds === 0) return "0 s";
  if (seconds < 59.5) return formatOnScale(seconds, durationScale(seconds, 1));
  if (seconds < 600) return twoUnits(Math.round(seconds), 60, " min", 1, " s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return twoUnits(minutes, 60, " h", 1, " min");
  return `${formatNumber(seconds / 86_400)} d`;
}

/** `whole` in a large and a small unit, leaving out the one that is zero: "2 h 10 min", "4 min". */
function twoUnits(whole: number, large: number, largeName: string, small: number, smallName: string): string {
  const first = Math.floor(whole / large);
  const rest = (whole % large) / small;
  const parts = [];
  if (first > 0) parts.push(`${first}${largeName}`);
  if (rest > 0) parts.push(`${rest}${smallName}`);
  return parts.join(" ");
}

/** Below 100 % never rounds up to it: "100 % kept" would claim more than was measured. */
function formatPercent(percent: number): string {
  if (percent > 0 && percent < 0.01) return "<0.01 %";
  if (percent < 10) return `${trimZeros(percent.toPrecision(2))} %`;
  if (percent >= 99.5 && percent < 100) return `${Math.floor(percent * 10) / 10} %`;
  return `${groupDigits(String(Math.round(percent)))} %`;
}

/** At most three significant digits below 1000; whole and grouped from there. */
function formatNumber(value: number): string {
  const magnitude = Math.abs(value);
  const digits =
    magnitude >= 999.5
      ? groupDigits(magnitude < 1e21 ? String(Math.round(magnitude)) : magnitude.toPrecision(3))
      : trimZeros(magnitude < 1e-6 ? "0" : magnitude.toPrecision(3));
  return value < 0 && digits !== "0" ? `-${digits}` : digits;
}

function trimZeros(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

/** Digits of a whole number; exponents, from 1e21, stay as they are. */
function groupDigits(digits: string): string {
  if (digits.includes("e")) return digits;
  let grouped = "";
  for (let end = digits.length; end > 0; end -= 3) {
    const group = digits.slice(Math.max(0, end - 3), end);
    grouped = grouped === "" ? group : `${group},${grouped}`;
  }
  return grouped;
}
