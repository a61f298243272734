import type { Profile } from "../tables/profile.ts";
import type { StringIndex } from "../tables/string-table.ts";
import type { LabelTest, LabelUnits } from "./labels.ts";
import { scaleMeasure } from "./measurement.ts";
import { PprofError } from "./pprof-error.ts";
import { compileRe2, type Re2 } from "./re2.ts";

const RANGE_PART = /([+-]?[0-9]+)([A-Za-z]+)?/g;
const MAX_INT64 = 2n ** 63n - 1n;

type NumberTest = (value: number, unit: string) => boolean;

/**
 * Compiles the value of tagfocus or tagignore (google/pprof, internal/driver/driver_focus.go, compileTagFilter):
 * `[key=]range` where the value is `N[unit]`, `N:`, `:N` or `N:M`, otherwise `[key=]regexp[,regexp…]`. Without a key all
 * expressions must match some "key:value", with one any of them the value.
 *
 * @throws PprofError for a bad regular expression or a number that no int64 holds.
 */
export function compileLabelTest(
  option: string,
  text: string,
  units: LabelUnits,
  warn: (message: string) => void,
): LabelTest {
  const equals = text.indexOf("=");
  const wantedKey = equals < 0 ? "" : text.slice(0, equals);
  const value = text.slice(equals + 1);
  const inRange = parseRange(value);
  if (inRange !== undefined) {
    warn(`${option}:Interpreted '${value}' as range, not regexp`);
    return numberTest(wantedKey, inRange, units);
  }
  const expressions = value.split(",").map((part) => compileRe2(part, `${option} regexp`));
  return wantedKey === "" ? everyTest(expressions) : anyTest(wantedKey, expressions);
}

function numberTest(wantedKey: string, inRange: NumberTest, units: LabelUnits): LabelTest {
  return ({ samples, strings }, sample) => {
    const { label } = samples;
    for (let row = label.start[sample]!; row < label.start[sample + 1]!; row++) {
      if (label.str[row] !== 0) continue;
      const key = strings.get(label.key[row]! as StringIndex);
      if (wantedKey !== "" && key !== wantedKey) continue;
      if (inRange(Number(label.num[row]!), units.unitOf(key))) return true;
    }
    return false;
  };
}

function everyTest(expressions: readonly Re2[]): LabelTest {
  return ({ samples, strings }, sample) => {
    const { label } = samples;
    return expressions.every((expression) => {
      for (let row = label.start[sample]!; row < label.start[sample + 1]!; row++) {
        if (label.str[row] === 0) continue;
        const key = strings.get(label.key[row]! as StringIndex);
        if (expression.test(`${key}:${strings.get(label.str[row]! as StringIndex)}`)) return true;
      }
      return false;
    });
  };
}

function anyTest(wantedKey: string, expressions: readonly Re2[]): LabelTest {
  return ({ samples, strings }: Profile, sample: number) => {
    const { label } = samples;
    for (let row = label.start[sample]!; row < label.start[sample + 1]!; row++) {
      if (label.str[row] === 0 || strings.get(label.key[row]! as StringIndex) !== wantedKey) continue;
      const text = strings.get(label.str[row]! as StringIndex);
      if (expressions.some((expression) => expression.test(text))) return true;
    }
    return false;
  };
}

/** Undefined if the text is no range and so a regular expression. */
function parseRange(text: string): NumberTest | undefined {
  const parts = [...text.matchAll(RANGE_PART)].slice(0, 2);
  const [first, second] = parts;
  if (first === undefined) return undefined;
  const low = scaleMeasure(parseInt64(first[1]!), first[2] ?? "", first[2] ?? "");
  const compare =
    (isInside: (scaled: number) => boolean): NumberTest =>
    (value, unit) => {
      const scaled = scaleMeasure(value, unit, low.unit);
      return scaled.unit === low.unit && isInside(scaled.value);
    };
  if (second === undefined) {
    if (text === first[0]) return compare((scaled) => scaled === low.value);
    if (text === `${first[0]}:`) return compare((scaled) => scaled >= low.value);
    if (text === `:${first[0]}`) return compare((scaled) => scaled <= low.value);
    return undefined;
  }
  if (text !== `${first[0]}:${second[0]}`) return undefined;
  const high = scaleMeasure(parseInt64(second[1]!), second[2] ?? "", low.unit);
  if (high.unit !== low.unit) return undefined;
  return compare((scaled) => scaled >= low.value && scaled <= high.value);
}

function parseInt64(text: string): number {
  const value = BigInt(text.replace(/^\+/, ""));
  if (value > MAX_INT64 || value < -MAX_INT64 - 1n) {
    throw new PprofError(`failed to parse int ${text}: value out of range`);
  }
  return Number(value);
}
