import type { z } from "zod";
import type { ConfigPath, ProblemAt } from "../config-problem.ts";
import { suggestName } from "../suggest.ts";
import { describeInput, textOf } from "./fields.ts";
import { findLegalKeys } from "./find-shape.ts";
import { SECRET_NAMES } from "./secret-fields.ts";

/** Words that users try for keys of ours. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  every: ["interval", "refresh"],
  period: ["interval"],
  frequency: ["interval"],
  schedule: ["cron", "interval"],
  expression: ["threshold", "alert_threshold"],
  expr: ["threshold", "alert_threshold"],
  alert_threshold: ["threshold"],
  threshold: ["alert_threshold"],
  severity: ["tier"],
  priority: ["tier"],
  tags: ["labels"],
  url: ["address"],
  host: ["address"],
  selector: ["match"],
  matchers: ["match"],
  matcher: ["match"],
  name: ["id"],
  id: ["name"],
  type: ["kind"],
  receiver: ["receivers"],
  webhook: ["url", "url_env"],
  token: ["bearer", "bearer_env"],
  username: ["user"],
  duration: ["for"],
  memory_limit: ["limit"],
  timeout_seconds: ["timeout"],
  listen: ["host"],
  index: ["data_stream"],
  folder: ["dir"],
  directory: ["dir"],
};

/** Zod's issues about `value`, which stands at `base` in the file, in our words. */
export function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  value: unknown,
  base: ConfigPath,
  /** More keys that are legal in the table itself. */
  besides: readonly string[] = [],
): ProblemAt[] {
  return issues.flatMap((issue) => describeIssue(issue, schema, value, base, besides));
}

function describeIssue(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  value: unknown,
  base: ConfigPath,
  besides: readonly string[],
): ProblemAt[] {
  const inner = issue.path.filter((step) => typeof step !== "symbol");
  const path = [...base, ...inner];
  const name = nameOf(inner, base);
  const input = valueAt(value, inner);
  if (issue.code === "unrecognized_keys") {
    const legal = [...findLegalKeys(schema, inner, value), ...(inner.length === 0 ? besides : [])];
    return issue.keys.map((key) => ({
      code: "unknown-key",
      message: `there is no key "${key}" here`,
      hint: suggestKey(key, legal),
      path: [...path, key],
      part: "key",
    }));
  }
  if (issue.code === "invalid_union" && issue.discriminator !== undefined) {
    return [oneOf(name, input, optionsOf(issue), path)];
  }
  if (input === undefined && issue.code !== "custom") {
    return [
      {
        code: "missing-key",
        message: `"${name}" is missing`,
        hint: MISSING_HINTS[name] ?? `add ${name} = …`,
        path: path.slice(0, -1),
        part: "table",
      },
    ];
  }
  const wrong = (code: string, message: string, hint: string | null): ProblemAt[] => [
    { code, message: `"${name}": ${message}`, hint, path },
  ];
  switch (issue.code) {
    case "custom": {
      const {
        code = "bad-value",
        hint = null,
        part = "value",
      } = (issue.params ?? {}) as { code?: string; hint?: string | null; part?: "key" | "value" };
      const message =
        code === "bad-window" || code === "missing-key" ? issue.message : `"${name}": ${issue.message}`;
      return [{ code, message, hint, path, part }];
    }
    case "invalid_value":
      return [oneOf(name, input, issue.values.map(String), path)];
    case "invalid_type":
      if (SECRET_NAMES.has(name)) return wrong("wrong-type", "wants text", "write it in quotes");
      return wrong(
        "wrong-type",
        `wants ${TYPE_NAMES[issue.expected] ?? issue.expected}, not ${describeInput(input)}`,
        typeHint(issue.expected, input),
      );
    case "too_small":
      return issue.origin === "string" || issue.origin === "array"
        ? wrong(
            "empty",
            "must not be empty",
            issue.origin === "array" ? "write at least one" : "write it, or leave the key away",
          )
        : wrong(
            "out-of-range",
            `${describeInput(input)} is too small`,
            `${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`,
          );
    case "too_big":
      return wrong(
        "out-of-range",
        issue.origin === "string" ? "is too long" : `${describeInput(input)} is too large`,
        `at most ${issue.maximum}${issue.origin === "string" ? " characters" : ""}`,
      );
    case "invalid_format": {
      // Our own messages have what to write behind the colon.
      const [message, hint] = splitHint(issue.message);
      return wrong("bad-format", message, hint ?? FORMAT_HINTS[issue.format] ?? null);
    }
    case "invalid_key": {
      const legal = issue.issues[0]?.message ?? issue.message;
      return [
        { code: "bad-name", message: `"${name}" is not a legal name here`, hint: legal, path, part: "key" },
      ];
    }
    default:
      return wrong("bad-value", issue.message, null);
  }
}

function oneOf(name: string, input: unknown, options: readonly string[], path: ConfigPath): ProblemAt {
  const hint = suggestName(typeof input === "string" ? input : "", options);
  if (input === undefined) {
    const message = `"${name}" is missing`;
    return {
      code: "missing-key",
      message,
      hint: `known: ${options.map((o) => `"${o}"`).join(", ")}`,
      path: path.slice(0, -1),
      part: "table",
    };
  }
  return { code: "unknown-value", message: `"${name}": ${describeInput(input)} is not known`, hint, path };
}

export function suggestKey(key: string, legal: readonly string[]): string | null {
  const folded = key.toLowerCase().replaceAll("-", "_");
  const synonym = SYNONYMS[folded]?.find((candidate) => legal.includes(candidate));
  const near = suggestName(key, legal);
  if (near?.startsWith("did you mean") === true) return near;
  // limit_bytes for limit, repeat for repeat_interval.
  const part = legal.find((name) => folded.startsWith(`${name}_`) || name.startsWith(`${folded}_`));
  const meant = synonym ?? part;
  return meant === undefined ? near : `did you mean "${meant}"?`;
}

function splitHint(message: string): [string, string | null] {
  const mark = message.indexOf(": ");
  return mark < 0 ? [message, null] : [message.slice(0, mark), message.slice(mark + 2)];
}

/** The last key of the path; an element of a list is named by its list. */
function nameOf(inner: ConfigPath, base: ConfigPath): string {
  const whole = [...base, ...inner];
  const last = whole.findLast((step) => typeof step === "string");
  return last === undefined ? "file" : String(last);
}

function valueAt(value: unknown, path: ConfigPath): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a table",
  record: "a table",
};

function typeHint(expected: string, input: unknown): string | null {
  if (expected === "string" && (typeof input === "number" || typeof input === "boolean"))
    return `write "${input}"`;
  if (expected === "array" && typeof input === "string") return `write [${JSON.stringify(input)}]`;
  if (expected === "boolean" && /^(true|yes|on)$/i.test(textOf(input))) return "write true, without quotes";
  if (expected === "boolean" && /^(false|no|off)$/i.test(textOf(input))) return "write false, without quotes";
  if ((expected === "int" || expected === "number") && typeof input === "string" && input.trim() !== "") {
    if (Number.isFinite(Number(input))) return `write ${Number(input)}, without quotes`;
  }
  if (expected === "int" && typeof input === "number") return `write ${Math.round(input)}`;
  if (expected === "array" && typeof input !== "object") return `write [${textOf(input)}]`;
  return TYPE_HINTS[expected] ?? null;
}

const TYPE_HINTS: Readonly<Record<string, string>> = {
  string: 'write it in quotes: "…"',
  number: "write a number without quotes or unit",
  int: "write a whole number without quotes or unit",
  boolean: "write true or false, without quotes",
  array: "write a list: [ … ]",
  object: "write a table: { key = value }",
  record: "write a table: { name = value }",
};

const FORMAT_HINTS: Readonly<Record<string, string>> = {
  url: 'write "http://host:port" or "https://…"',
};

const MISSING_HINTS: Readonly<Record<string, string>> = {
  address: 'add address = "host:port"',
  name: 'add name = "…", unique in the file',
  kind: "say what it is",
  receivers: 'add receivers = ["…"] with names of [[receivers]]',
  threshold: 'add threshold = "metric > number"',
};

function optionsOf(issue: z.core.$ZodIssueInvalidUnion): string[] {
  return "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
}
