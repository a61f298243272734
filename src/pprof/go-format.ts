/** What Go's fmt and time packages print, where JavaScript's own functions differ by a digit or a blank. */

const TWO_DECIMALS_TIE = 8;

/** Go's `%.2f`: of two nearest decimals the even one, where `toFixed` takes the larger. */
export function formatTwoDecimals(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 1e21) return `${BigInt(value)}.00`;
  const eighths = magnitude * TWO_DECIMALS_TIE;
  // Halfway between two decimals are exactly the odd multiples of an eighth.
  if (eighths % 2 === 1) {
    const whole = Math.floor(magnitude);
    const below = Math.floor((magnitude - whole) * 100);
    const even = below % 2 === 0 ? below : below + 1;
    return `${value < 0 ? "-" : ""}${whole}.${String(even).padStart(2, "0")}`;
  }
  return value === 0 && Object.is(value, -0) ? "-0.00" : value.toFixed(2);
}

/** More digits than any halfway case between two significant digits has. */
const EXACT_DIGITS = 60;

/** Go's `%.2g` of a value from 0 up to 1. */
export function formatTwoSignificant(value: number): string {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : "+Inf";
  let [mantissa, exponent] = splitExponential(value.toExponential(1));
  const exact = value.toExponential(EXACT_DIGITS);
  if (/^\d\.\d50*e/.test(exact)) {
    const below = exact.slice(0, 3);
    if (Number(below[2]) % 2 === 0) mantissa = below;
  }
  mantissa = mantissa.replace(/\.?0+$/, "");
  if (exponent < -4 || exponent >= 2) {
    const sign = exponent < 0 ? "-" : "+";
    return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const digits = mantissa.replace(".", "");
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  return exponent === 0 ? mantissa : digits.padEnd(exponent + 1, "0");
}

function splitExponential(text: string): [mantissa: string, exponent: number] {
  const at = text.indexOf("e");
  return [text.slice(0, at), Number(text.slice(at + 1))];
}

/** Go's `%<width>s`, which counts code points. */
export function padStart(text: string, width: number): string {
  const missing = width - countCodePoints(text);
  return missing > 0 ? " ".repeat(missing) + text : text;
}

export function countCodePoints(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at++) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) {
      count--;
      at++;
    }
  }
  return count;
}

const NANOS_PER_SECOND = 1_000_000_000n;

/** time.Duration's String: "1h2m3.5s", "1.5ms", "0s". */
export function formatDuration(nanos: bigint): string {
  if (nanos === 0n) return "0s";
  const sign = nanos < 0n ? "-" : "";
  const magnitude = nanos < 0n ? -nanos : nanos;
  if (magnitude < NANOS_PER_SECOND) {
    if (magnitude < 1000n) return `${sign}${magnitude}ns`;
    if (magnitude < 1_000_000n) return `${sign}${withFraction(magnitude, 3)}µs`;
    return `${sign}${withFraction(magnitude, 6)}ms`;
  }
  const seconds = magnitude / NANOS_PER_SECOND;
  const rest = withFraction((seconds % 60n) * NANOS_PER_SECOND + (magnitude % NANOS_PER_SECOND), 9);
  const minutes = seconds / 60n;
  if (minutes === 0n) return `${sign}${rest}s`;
  const hours = minutes / 60n;
  return hours === 0n ? `${sign}${minutes}m${rest}s` : `${sign}${hours}h${minutes % 60n}m${rest}s`;
}

/** `value` divided by 10^places, without zeros at the end. */
function withFraction(value: bigint, places: number): string {
  const digits = String(value).padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  return `${digits.slice(0, -places)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** What a clock on a wall shows at an instant: how far from UTC, and the zone's short name ("CET"). */
export interface ZoneAt {
  offsetSeconds: number;
  abbreviation: string;
}

export type TimeZone = (unixSeconds: number) => ZoneAt;

export const UTC: TimeZone = () => ({ offsetSeconds: 0, abbreviation: "UTC" });

/** Go's layout "2006-01-02 15:04:05 MST". */
export function formatTime(unixNanos: bigint, zone: TimeZone): string {
  const seconds = floorSeconds(unixNanos);
  const { offsetSeconds, abbreviation } = zone(seconds);
  return `${formatWallClock(seconds + offsetSeconds)} ${abbreviation}`;
}

/** time.Time's String: "2006-01-02 15:04:05.999999999 -0700 MST". */
export function formatFullTime(unixNanos: bigint, zone: TimeZone): string {
  const seconds = floorSeconds(unixNanos);
  const { offsetSeconds, abbreviation } = zone(seconds);
  const nanos = Number(unixNanos - BigInt(seconds) * NANOS_PER_SECOND);
  const fraction = nanos === 0 ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
  const minutes = Math.trunc(Math.abs(offsetSeconds) / 60);
  const offset = `${offsetSeconds < 0 ? "-" : "+"}${twoDigits(Math.trunc(minutes / 60))}${twoDigits(minutes % 60)}`;
  return `${formatWallClock(seconds + offsetSeconds)}${fraction} ${offset} ${abbreviation}`;
}

function floorSeconds(unixNanos: bigint): number {
  const seconds = unixNanos / NANOS_PER_SECOND;
  return Number(unixNanos < 0n && unixNanos % NANOS_PER_SECOND !== 0n ? seconds - 1n : seconds);
}

/** An int64 of nanoseconds reaches from 1677 to 2262, so the year has four digits. */
function formatWallClock(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
