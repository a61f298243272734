import { formatTwoDecimals, formatTwoSignificant } from "./go-format.ts";

/** Units and their words, by the rules of google/pprof (internal/measurement/measurement.go). */

interface Unit {
  name: string;
  aliases: readonly string[];
  factor: number;
}

interface UnitFamily {
  units: readonly Unit[];
  /** What a value that is less than one of every unit is shown in, and one asked for in a foreign unit. */
  fallback: { name: string; factor: number };
}

const unit = (name: string, factor: number, ...aliases: string[]): Unit => ({ name, aliases, factor });

const FAMILIES: readonly UnitFamily[] = [
  {
    units: [
      unit("B", 1, "b", "byte"),
      unit("kB", 2 ** 10, "kb", "kbyte", "kilobyte"),
      unit("MB", 2 ** 20, "mb", "mbyte", "megabyte"),
      unit("GB", 2 ** 30, "gb", "gbyte", "gigabyte"),
      unit("TB", 2 ** 40, "tb", "tbyte", "terabyte"),
      unit("PB", 2 ** 50, "pb", "pbyte", "petabyte"),
    ],
    fallback: { name: "B", factor: 1 },
  },
  {
    units: [
      unit("ns", 1, "ns", "nanosecond"),
      unit("us", 1e3, "μs", "us", "microsecond"),
      unit("ms", 1e6, "ms", "millisecond"),
      unit("s", 1e9, "s", "sec", "second"),
      unit("hrs", 3600e9, "hour", "hr"),
    ],
    fallback: { name: "s", factor: 1e9 },
  },
  {
    units: [
      unit("n*GCU", 1e-9, "nanogcu"),
      unit("u*GCU", 1e-6, "microgcu"),
      unit("m*GCU", 1e-3, "milligcu"),
      unit("GCU", 1, "gcu"),
      unit("k*GCU", 1e3, "kilogcu"),
      unit("M*GCU", 1e6, "megagcu"),
      unit("G*GCU", 1e9, "gigagcu"),
      unit("T*GCU", 1e12, "teragcu"),
      unit("P*GCU", 1e15, "petagcu"),
    ],
    fallback: { name: "GCU", factor: 1 },
  },
];

const BY_ALIAS = new Map<string, { unit: Unit; family: UnitFamily }>();
for (const family of FAMILIES) {
  for (const each of family.units)
    for (const alias of each.aliases) BY_ALIAS.set(alias, { unit: each, family });
}

/** What is printed as a bare number. */
const UNSHOWN_UNITS = new Set(["count", "sample", "unit", "minimum", "auto"]);

function findUnit(text: string): { unit: Unit; family: UnitFamily } | undefined {
  const lower = text.toLowerCase();
  // Lengths are Go's, in bytes: only "μs" differs, and it loses no s either way.
  return BY_ALIAS.get(lower.length > 2 && lower.endsWith("s") && lower !== "μs" ? lower.slice(0, -1) : lower);
}

export interface Measure {
  value: number;
  /** "" where it is not worth showing. */
  unit: string;
}

/**
 * A value converted from one unit to another. With "minimum" or "auto" it goes to the largest unit of which there is
 * at least one. A unit of no known family is kept.
 */
export function scaleMeasure(value: number, fromUnit: string, toUnit: string): Measure {
  if (value < 0) {
    const positive = scaleMeasure(-value, fromUnit, toUnit);
    return { value: -positive.value, unit: positive.unit };
  }
  const from = findUnit(fromUnit);
  if (from === undefined) return { value, unit: UNSHOWN_UNITS.has(toUnit) ? "" : toUnit };
  const { family } = from;
  const inBase = value * from.unit.factor;
  const to = toUnit === "minimum" || toUnit === "auto" ? findLargestUnit(inBase, family) : findUnit(toUnit);
  if (to === undefined || ("family" in to && to.family !== family)) {
    return { value: inBase / family.fallback.factor, unit: family.fallback.name };
  }
  const target = "family" in to ? to.unit : to;
  return { value: inBase / target.factor, unit: target.name };
}

function findLargestUnit(inBase: number, family: UnitFamily): Unit | undefined {
  let found: Unit | undefined;
  for (const each of family.units) if (inBase / each.factor >= 1) found = each;
  return found;
}

/** "1.50kB": with two decimals, unless both are zero. */
export function formatMeasure(value: number, fromUnit: string, toUnit: string): string {
  const { value: scaled, unit: shown } = scaleMeasure(value, fromUnit, toUnit);
  const decimals = formatTwoDecimals(scaled);
  const text = decimals.endsWith(".00") ? decimals.slice(0, -3) : decimals;
  return text === "0" || text === "-0" ? "0" : text + shown;
}

/** Six columns wide, at least; without a sign, as pprof prints it. */
export function formatPercentage(value: number, total: number): string {
  const percent = total === 0 ? 0 : Math.abs(value / total) * 100;
  if (percent >= 99.95 && percent <= 100.05) return "  100%";
  if (percent >= 1) return `${formatTwoDecimals(percent).padStart(5)}%`;
  return `${formatTwoSignificant(percent).padStart(5)}%`;
}

/** Whether two units measure the same thing. */
export function isSameFamily(a: string, b: string): boolean {
  const first = findUnit(a);
  return first !== undefined && first.family === findUnit(b)?.family;
}
