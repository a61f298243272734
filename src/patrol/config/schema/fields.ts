import { Cron } from "croner";
import { z } from "zod";
import { parseDurationMs, parseSizeBytes } from "../../../lib/parse-quantity.ts";
import type { LabelMatcher } from "../../labels.ts";
import { MatcherError, parseMatcher } from "../../parse-matcher.ts";
import { suggestName } from "../suggest.ts";

/**
 * The kinds of values in a configuration file. Each takes what a user would write and gives what the program works
 * with; the JSON Schema describes the former. A problem carries its code and hint in `params`.
 */

interface Wrong {
  code: string;
  message: string;
  hint: string | null;
  part?: "key";
  /** Within the value. */
  path?: (string | number)[];
}

type Read<T> = { value: T } | Wrong | Wrong[];

function field<T>(shape: Record<string, unknown>, read: (input: unknown) => Read<T>) {
  return z
    .unknown()
    .meta(shape)
    .transform((input, context): T => {
      if (input === undefined) {
        context.addIssue({ code: "invalid_type", expected: "nonoptional", input });
        return z.NEVER;
      }
      const result = read(input);
      if ("value" in result) return result.value;
      for (const { code, message, hint, part, path = [] } of Array.isArray(result) ? result : [result]) {
        context.addIssue({ code: "custom", message, params: { code, hint, part }, path });
      }
      return z.NEVER;
    });
}

/** The text of a scalar; empty for what has none: tables of the parser cannot become text. */
export function textOf(input: unknown): string {
  return typeof input === "string" || typeof input === "number" || typeof input === "boolean"
    ? String(input)
    : "";
}

export function describeInput(input: unknown): string {
  if (typeof input === "string") return JSON.stringify(input.length > 40 ? `${input.slice(0, 40)}…` : input);
  if (input instanceof Date) return "a date";
  if (Array.isArray(input)) return "a list";
  if (typeof input === "object" && input !== null) return "a table";
  return textOf(input);
}

const DURATION_PATTERN = "^([0-9]+(\\.[0-9]+)?(ms|min|s|m|h|d))+$";

/** Milliseconds of "30s", "5m", "1h30m"; `min` and `max` in milliseconds. A bare number is refused: of what? */
export function duration({ min = 1, max = 3660 * 86_400_000 } = {}) {
  return field(
    { type: "string", pattern: DURATION_PATTERN, examples: ["30s", "5m", "1h30m"] },
    (input): Read<number> => {
      if (typeof input === "number") {
        return wrong("bad-duration", `${input} has no unit`, `write "${input}s" or "${input}ms"`);
      }
      const ms = typeof input === "string" && /[a-z]/i.test(input) ? parseDurationMs(input) : undefined;
      if (ms === undefined) {
        return wrong("bad-duration", `${describeInput(input)} is not a duration`, durationHint(input));
      }
      if (ms < min) return wrong("out-of-range", `${input} is too short`, `at least "${writeDuration(min)}"`);
      if (ms > max) return wrong("out-of-range", `${input} is too long`, `at most "${writeDuration(max)}"`);
      return { value: ms };
    },
  );
}

function durationHint(input: unknown): string {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(sec|second|minute|mins|hour|hr|day|week|w)s?\s*$/i.exec(
    textOf(input),
  );
  if (match !== null) {
    const [, count, unit] = match;
    const letter = unit!.toLowerCase()[0]!;
    if (letter === "w") return `write "${Number(count) * 7}d"`;
    return `write "${count}${letter}"`;
  }
  return 'write a number with ms, s, m, h or d, such as "30s" or "1h30m"';
}

/** As a user would write it: "1m30s". */
function writeDuration(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  let rest = Math.round(ms / 1000);
  let text = "";
  for (const [seconds, unit] of [
    [86_400, "d"],
    [3600, "h"],
    [60, "m"],
    [1, "s"],
  ] as const) {
    const count = Math.floor(rest / seconds);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * seconds;
  }
  return text;
}

/** Bytes of "512MiB". */
export function size({ min = 1 } = {}) {
  return field(
    { anyOf: [{ type: "string" }, { type: "integer" }], examples: ["512MiB", "2GiB"] },
    (input): Read<number> => {
      const bytes =
        typeof input === "number" ? input : parseSizeBytes(typeof input === "string" ? input : "");
      if (bytes === undefined || !Number.isInteger(bytes)) {
        return wrong(
          "bad-size",
          `${describeInput(input)} is not a size`,
          'write a number with B, KiB, MiB, GiB or TiB, such as "512MiB"',
        );
      }
      if (bytes < min) {
        return wrong(
          "out-of-range",
          `${describeInput(input)} is too small`,
          `at least "${min / 2 ** 20}MiB"`,
        );
      }
      return { value: bytes };
    },
  );
}

/** A share from 0 to 1 of "15%" or 0.15. */
export function share() {
  return field(
    { anyOf: [{ type: "string" }, { type: "number" }], examples: ["15%", 0.15] },
    (input): Read<number> => {
      const percent = typeof input === "string" ? /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(input)?.[1] : undefined;
      const value = percent !== undefined ? Number(percent) / 100 : input;
      if (typeof value !== "number" || Number.isNaN(value)) {
        return wrong("bad-share", `${describeInput(input)} is not a share`, 'write "15%" or 0.15');
      }
      if (value < 0 || value > 1) {
        const meant =
          typeof input === "number" && input > 1 && input <= 100 ? `write "${input}%"` : "from 0% to 100%";
        return wrong("out-of-range", `${describeInput(input)} is not between 0 and 1`, meant);
      }
      return { value };
    },
  );
}

/** A cron expression of five fields, or six with seconds. */
export function cronExpression() {
  return field({ type: "string", examples: ["0 3 * * *", "*/15 * * * *"] }, (input): Read<string> => {
    const expected = 'five fields, "minute hour day month weekday", e.g. "30 3 * * 1-5"';
    if (typeof input !== "string") {
      return wrong("bad-cron", `${describeInput(input)} is not a cron expression`, expected);
    }
    if (/^@/.test(input.trim())) {
      const nickname = NICKNAMES[input.trim().toLowerCase()];
      if (nickname === undefined) {
        return wrong(
          "bad-cron",
          `${describeInput(input)} is not known`,
          suggestName(input, Object.keys(NICKNAMES)),
        );
      }
      return { value: nickname };
    }
    const fields = input.trim().split(/\s+/).length;
    if (fields !== 5 && fields !== 6) {
      return wrong(
        "bad-cron",
        `${describeInput(input)} has ${fields} ${fields === 1 ? "field" : "fields"}`,
        expected,
      );
    }
    try {
      const next = new Cron(input, { paused: true, timezone: "UTC" }).nextRun(new Date(0));
      if (next === null)
        return wrong("bad-cron", `${describeInput(input)} never comes`, "check day and month");
    } catch (error) {
      const reason = (error as Error).message.replace(/^\w+: /, "").replace(/\.$/, "");
      return wrong("bad-cron", `${describeInput(input)} is not a cron expression: ${reason}`, expected);
    }
    return { value: input.trim() };
  });
}

const NICKNAMES: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
};

/** A name of the IANA time zone database. */
export function timeZone() {
  return field({ type: "string", examples: ["UTC", "Asia/Shanghai"] }, (input): Read<string> => {
    if (typeof input === "string") {
      try {
        // Throws RangeError for what it does not know.
        new Intl.DateTimeFormat("en", { timeZone: input });
        if (!/^[+-]/.test(input)) return { value: input };
      } catch {
        // Told below.
      }
    }
    const near = typeof input === "string" ? suggestName(input, Intl.supportedValuesOf("timeZone")) : null;
    return wrong(
      "bad-time-zone",
      `${describeInput(input)} is not a time zone`,
      near?.startsWith("did") === true ? near : 'write a name such as "UTC" or "Asia/Shanghai"',
    );
  });
}

/** Milliseconds since 1970 of a TOML date-time with offset, or the same as text. */
export function instant() {
  return field({ type: "string", examples: ["2026-12-24T22:00:00+08:00"] }, (input): Read<number> => {
    const date = input instanceof Date ? input : undefined;
    // smol-toml's dates know whether an offset was written; a local time means another moment on another machine.
    const isLocal = (date as { isLocal?: () => boolean } | undefined)?.isLocal?.() === true;
    const text =
      typeof input === "string" && /(Z|[+-]\d\d:\d\d)$/i.test(input) ? Date.parse(input) : Number.NaN;
    const ms = date === undefined ? text : date.getTime();
    if (Number.isNaN(ms) || isLocal) {
      const what = isLocal ? "the time has no offset" : `${describeInput(input)} is not a moment`;
      return wrong("bad-time", what, "write date, time and offset, such as 2026-12-24T22:00:00+08:00");
    }
    return { value: ms };
  });
}

/** Label matchers: a list of texts such as `service=~"shop-.*"`, one such text, or a table of equal values. `"*"` fits all. */
export function matchers() {
  return field(
    {
      anyOf: [
        { type: "string" },
        { type: "array", items: { type: "string" } },
        { type: "object", additionalProperties: { type: "string" } },
      ],
      examples: [['service=~"shop-.*"', "env!=dev"], { service: "shop" }],
    },
    (input): Read<LabelMatcher[]> => {
      if (typeof input === "object" && input !== null && !Array.isArray(input)) {
        const problems: Wrong[] = [];
        const value = Object.entries(input).map(([label, text]): LabelMatcher => {
          if (typeof text !== "string") {
            problems.push({
              ...wrong("bad-matcher", "a label's value is text", 'write label = "value"'),
              path: [label],
            });
          }
          return { label, operator: "=", value: textOf(text) };
        });
        return problems.length > 0 ? problems : { value };
      }
      const texts: unknown[] = Array.isArray(input) ? input : [input];
      const value: LabelMatcher[] = [];
      const problems: Wrong[] = [];
      for (const [i, text] of texts.entries()) {
        const path = Array.isArray(input) ? [i] : [];
        if (typeof text !== "string") {
          problems.push({
            ...wrong("bad-matcher", `${describeInput(text)} is not a matcher`, MATCHER_HINT),
            path,
          });
          continue;
        }
        try {
          value.push(parseMatcher(text));
        } catch (error) {
          if (!(error instanceof MatcherError)) throw error;
          problems.push({ ...wrong("bad-matcher", error.message, error.hint), path });
        }
      }
      return problems.length > 0 ? problems : { value };
    },
  );
}

const MATCHER_HINT = 'write label="value", label!="value", label=~"expression" or "*"';

function wrong(code: string, message: string, hint: string | null): Wrong {
  return { code, message, hint };
}

/** Prometheus' label names. */
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export function labels() {
  return field(
    {
      type: "object",
      additionalProperties: { type: "string" },
      examples: [{ service: "shop", env: "prod" }],
    },
    (input): Read<Record<string, string>> => {
      if (typeof input !== "object" || input === null || Array.isArray(input) || input instanceof Date) {
        return wrong(
          "bad-label",
          `${describeInput(input)} is not a table of labels`,
          'write { service = "shop" }',
        );
      }
      const problems: Wrong[] = [];
      const value: Record<string, string> = {};
      for (const [name, text] of Object.entries(input)) {
        if (!LABEL_NAME.test(name)) {
          const legal = name.replaceAll(/[^a-zA-Z0-9_]/g, "_").replace(/^(\d)/, "_$1");
          problems.push({
            ...wrong("bad-label", "is not a label's name", `write ${legal || "a name"} (letters, digits, _)`),
            path: [name],
            part: "key",
          });
        } else if (typeof text !== "string") {
          problems.push({
            ...wrong(
              "bad-label",
              `the label's value ${describeInput(text)} is not text`,
              typeof text === "object" ? 'write name = "value"' : `write "${textOf(text)}"`,
            ),
            path: [name],
          });
        } else value[name] = text;
      }
      return problems.length > 0 ? problems : { value };
    },
  );
}

/** An http or https URL without credentials in it. */
export function httpUrl() {
  return field(
    { type: "string", pattern: "^https?://", examples: ["https://example.com:9200"] },
    (input): Read<string> => {
      const text = typeof input === "string" ? input : "";
      if (!/^https?:\/\//i.test(text)) {
        const isHost = /^[\w.-]+(:\d+)?(\/|$)/.test(text);
        return wrong(
          "bad-url",
          `${describeInput(input)} is not an http or https URL`,
          isHost ? `write "http://${text}"` : 'write "https://host:port/path"',
        );
      }
      if (!URL.canParse(text)) {
        return wrong("bad-url", `${describeInput(input)} is not a URL`, 'write "https://host:port/path"');
      }
      return { value: text.replace(/\/+$/, "") };
    },
  );
}

/** Text that must not be empty. */
export const text = () => z.string().min(1);
