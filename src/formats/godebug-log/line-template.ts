import { isDigit, startsWith } from "../../lib/ascii.ts";

/**
 * How a number is printed. `whole`: decimal digits, perhaps negative; `unsigned`: never, as all but floats below. `ms`: the runtime's fmtNSAsMS, whole milliseconds
 * from 10 on, else two digits with at most three decimals; kept in microseconds. `seconds`: three decimals; kept in
 * milliseconds. `float`: what print makes of a float64, "+1.17e+000" up to Go 1.25 and "1.17" since.
 */
type NumberForm = "whole" | "unsigned" | "ms" | "seconds" | "float";

export interface Field<Name extends string> {
  name: Name;
  form: NumberForm;
}

/** A part that may be absent; `name` is then a field of its own, 1 where the part is there and 0 where not. */
export interface Optional<Name extends string> {
  optional: Name;
  parts: readonly Part<Name>[];
}

export type Part<Name extends string> = string | Field<Name> | Optional<Name>;

export const whole = <const Name extends string>(name: Name): Field<Name> => ({ name, form: "whole" });
export const unsigned = <const Name extends string>(name: Name): Field<Name> => ({ name, form: "unsigned" });
export const ms = <const Name extends string>(name: Name): Field<Name> => ({ name, form: "ms" });
export const seconds = <const Name extends string>(name: Name): Field<Name> => ({ name, form: "seconds" });
export const float = <const Name extends string>(name: Name): Field<Name> => ({ name, form: "float" });
export const optional = <const Name extends string>(name: Name, ...parts: Part<Name>[]): Optional<Name> => ({
  optional: name,
  parts,
});

/**
 * One shape of line as the runtime's print statements make it. Reading and writing follow the same parts, so that a line
 * that was read can be written again, byte for byte.
 */
export class LineTemplate<Name extends string> {
  /** Position of each field in `values`. */
  readonly slot: { readonly [N in Name]: number };
  /** What the last successful `match` read; NaN for fields of absent parts. */
  readonly values: Float64Array;
  readonly #parts: readonly CompiledPart[];
  #at = 0;

  constructor(...parts: Part<Name>[]) {
    const slot: Record<string, number> = {};
    this.#parts = compile(parts, slot);
    this.slot = slot as { [N in Name]: number };
    this.values = new Float64Array(Object.keys(slot).length);
  }

  /** Offset behind the line's last part if `bytes[at … end)` begins with such a line, or -1. */
  match(bytes: Uint8Array, at: number, end: number): number {
    this.#at = at;
    return this.#matchAll(this.#parts, bytes, end) ? this.#at : -1;
  }

  get(name: Name): number {
    return this.values[this.slot[name]]!;
  }

  /** The line that `values` stand for, floats in the style of Go up to 1.25 or since 1.26. */
  render(values: Float64Array, floatStyle: "exponent" | "shortest" = "exponent"): string {
    return renderAll(this.#parts, values, floatStyle);
  }

  #matchAll(parts: readonly CompiledPart[], bytes: Uint8Array, end: number): boolean {
    for (const part of parts) {
      if (typeof part === "string") {
        if (!startsWith(bytes, this.#at, end, part)) return false;
        this.#at += part.length;
      } else if (part.parts === undefined) {
        if (!this.#readNumber(part.form, part.slot, bytes, end)) return false;
      } else {
        const before = this.#at;
        const isThere = this.#matchAll(part.parts, bytes, end);
        this.values[part.slot] = isThere ? 1 : 0;
        if (!isThere) {
          this.#at = before;
          for (const slot of part.inner) this.values[slot] = Number.NaN;
        }
      }
    }
    return true;
  }

  #readNumber(form: NumberForm, slot: number, bytes: Uint8Array, end: number): boolean {
    const start = this.#at;
    let at = start;
    let sign = 1;
    const maySign = form === "float" || form === "whole";
    if (maySign && at < end && (bytes[at] === MINUS || (form === "float" && bytes[at] === PLUS))) {
      if (bytes[at] === MINUS) sign = -1;
      at++;
    }
    let value = 0;
    let digits = 0;
    let decimals = -1;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (isDigit(byte)) {
        if (++digits > MAX_DIGITS) return false;
        value = value * 10 + (byte - 0x30);
        if (decimals >= 0) decimals++;
      } else if (byte === DOT && decimals < 0 && form !== "whole" && form !== "unsigned" && digits > 0) {
        decimals = 0;
      } else break;
    }
    if (digits === 0 || decimals === 0) return false;
    if (form === "float") {
      at = skipExponent(bytes, at, end);
      value = Number(String.fromCharCode(...bytes.subarray(start, at)));
    } else {
      if (decimals > 3) return false;
      value *= sign;
      if (form === "ms" || form === "seconds") value *= THOUSAND_PARTS[Math.max(0, decimals)]!;
    }
    this.values[slot] = value;
    this.#at = at;
    return true;
  }
}

const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
/** Beyond 2^53 a digit more or less does not matter, and a line of digits is no line of the runtime. */
const MAX_DIGITS = 24;
/** Thousandths of a number's last digit, by its decimals. */
const THOUSAND_PARTS = [1000, 100, 10, 1];

function skipExponent(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end || bytes[at] !== 0x65) return at;
  let next = at + 1;
  if (bytes[next] === PLUS || bytes[next] === MINUS) next++;
  const first = next;
  while (next < end && next - first < 4 && isDigit(bytes[next]!)) next++;
  return next === first ? at : next;
}

type CompiledPart =
  | string
  | { slot: number; form: NumberForm; parts?: undefined }
  | { slot: number; parts: readonly CompiledPart[]; inner: readonly number[] };

function compile(parts: readonly Part<string>[], slot: Record<string, number>): CompiledPart[] {
  const take = (name: string) => {
    slot[name] ??= Object.keys(slot).length;
    return slot[name];
  };
  return parts.map((part): CompiledPart => {
    if (typeof part === "string") return part;
    if ("form" in part) return { slot: take(part.name), form: part.form };
    const own = take(part.optional);
    const inner = compile(part.parts, slot);
    return { slot: own, parts: inner, inner: inner.flatMap((p) => (typeof p === "string" ? [] : [p.slot])) };
  });
}

function renderAll(
  parts: readonly CompiledPart[],
  values: Float64Array,
  floatStyle: "exponent" | "shortest",
): string {
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") text += part;
    else if (part.parts === undefined) text += renderNumber(values[part.slot]!, part.form, floatStyle);
    else if (values[part.slot] === 1) text += renderAll(part.parts, values, floatStyle);
  }
  return text;
}

function renderNumber(value: number, form: NumberForm, floatStyle: "exponent" | "shortest"): string {
  switch (form) {
    case "whole":
    case "unsigned":
      return String(value);
    case "seconds":
      return (value / 1000).toFixed(3);
    case "ms": {
      if (value >= 10_000) return String(Math.trunc(value / 1000));
      if (value === 0) return "0";
      const decimals = value >= 1000 ? 1 : value >= 100 ? 2 : 3;
      return (value / 1000).toFixed(decimals);
    }
    case "float": {
      if (floatStyle === "shortest") return String(value);
      const [mantissa, exponent] = value.toExponential(6).split("e") as [string, string];
      const digits = exponent.slice(1).padStart(3, "0");
      return `${value < 0 ? "" : "+"}${mantissa}e${exponent[0]}${digits}`;
    }
  }
}
