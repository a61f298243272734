/**
 * Templates of webhook bodies: text with `{{ path }}`, `{{#each path}} … {{/each}}` and `{{#if path}} … {{else}} …
 * {{/if}}`. No expressions, no calls, no loops but over the alerts' lists: what it costs is bounded by what it writes.
 *
 * A path is names joined by dots, looked up in the innermost `each` first, then outside; `.` is the item itself. What
 * is absent writes nothing. `{{ json path }}` writes any value as JSON. Plain values are escaped for the body's type.
 */
export interface Template {
  render(data: unknown): string;
}

export interface TemplateError {
  message: string;
  /** Offsets in the source. */
  start: number;
  end: number;
}

export type EscapeKind = "json" | "form" | "markup" | "none";

type Node =
  | { kind: "text"; text: string }
  | { kind: "value"; path: string; asJson: boolean }
  | { kind: "each"; path: string; body: Node[] }
  | { kind: "if"; path: string; body: Node[]; otherwise: Node[] };

const MAX_SOURCE_BYTES = 64 * 1024;
const MAX_DEPTH = 8;
const MAX_RESULT_LENGTH = 1024 * 1024;
const PATH = /^(?:\.|[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)$/;

/** How plain values are written in a body of a content type. */
export function escapeKindOf(contentType: string): EscapeKind {
  if (/json/i.test(contentType)) return "json";
  if (/x-www-form-urlencoded/i.test(contentType)) return "form";
  return /html|xml/i.test(contentType) ? "markup" : "none";
}

export function compileTemplate(source: string, escaping: EscapeKind): Template | { error: TemplateError } {
  if (Buffer.byteLength(source) > MAX_SOURCE_BYTES) {
    return {
      error: { message: `it is longer than ${MAX_SOURCE_BYTES} bytes`, start: 0, end: source.length },
    };
  }
  const parsed = parse(source);
  if ("error" in parsed) return parsed;
  return {
    render(data) {
      const out: string[] = [];
      let length = 0;
      write(
        parsed.nodes,
        [data],
        (text) => {
          length += text.length;
          if (length > MAX_RESULT_LENGTH)
            throw new RangeError(`a body of more than ${MAX_RESULT_LENGTH} characters`);
          out.push(text);
        },
        escaping,
      );
      return out.join("");
    },
  };
}

interface Open {
  kind: "each" | "if";
  start: number;
  end: number;
  /** Where nodes go until it is closed, and where they went before. */
  into: Node[];
  before: Node[];
  otherwise: Node[];
  hasElse: boolean;
}

function parse(source: string): { nodes: Node[] } | { error: TemplateError } {
  const nodes: Node[] = [];
  const open: Open[] = [];
  let into = nodes;
  let at = 0;
  for (const match of source.matchAll(/\{\{\s*([#/]?)\s*([^{}]*?)\s*\}\}/g)) {
    const start = match.index;
    const end = start + match[0].length;
    const fail = (message: string): { error: TemplateError } => ({ error: { message, start, end } });
    if (start > at) into.push({ kind: "text", text: source.slice(at, start) });
    at = end;
    const [, sign, inner] = match as unknown as [string, string, string];
    const [word = "", path = ""] = inner.split(/\s+/, 2);
    if (sign === "#") {
      if (word !== "each" && word !== "if") return fail(`there is no block '${word}'; there are each and if`);
      if (!PATH.test(path)) return fail(`'${path}' is not a path`);
      if (open.length === MAX_DEPTH) return fail(`blocks are more than ${MAX_DEPTH} deep`);
      const body: Node[] = [];
      const otherwise: Node[] = [];
      into.push(word === "each" ? { kind: "each", path, body } : { kind: "if", path, body, otherwise });
      open.push({ kind: word, start, end, into: body, before: into, otherwise, hasElse: false });
      into = body;
    } else if (sign === "/") {
      const last = open.pop();
      if (last === undefined || last.kind !== word) return fail(`{{/${word}}} closes nothing`);
      into = last.before;
    } else if (inner === "else") {
      const last = open.at(-1);
      if (last?.kind !== "if" || last.hasElse) return fail("{{else}} belongs into an if, once");
      last.hasElse = true;
      into = last.otherwise;
    } else {
      const asJson = word === "json" && path !== "";
      const name = asJson ? path : inner;
      if (!PATH.test(name)) return fail(`'${name}' is not a path`);
      into.push({ kind: "value", path: name, asJson });
    }
  }
  const stray = source.indexOf("{{", at);
  if (stray >= 0) return { error: { message: "{{ is not closed", start: stray, end: source.length } };
  const last = open.at(-1);
  if (last !== undefined)
    return { error: { message: `{{#${last.kind}}} is not closed`, start: last.start, end: last.end } };
  if (at < source.length) into.push({ kind: "text", text: source.slice(at) });
  return { nodes };
}

/** `scopes`: innermost last. Recursion is bounded by MAX_DEPTH. */
function write(
  nodes: readonly Node[],
  scopes: readonly unknown[],
  out: (text: string) => void,
  escaping: EscapeKind,
): void {
  for (const node of nodes) {
    if (node.kind === "text") {
      out(node.text);
      continue;
    }
    const value = lookUp(node.path, scopes);
    if (node.kind === "value") {
      out(node.asJson ? (JSON.stringify(value) ?? "null") : escapeValue(value, escaping));
    } else if (node.kind === "each") {
      if (Array.isArray(value)) for (const item of value) write(node.body, [...scopes, item], out, escaping);
    } else {
      write(isSet(value) ? node.body : node.otherwise, scopes, out, escaping);
    }
  }
}

function lookUp(path: string, scopes: readonly unknown[]): unknown {
  if (path === ".") return scopes.at(-1);
  const [first = "", ...rest] = path.split(".");
  const scope = scopes.findLast((each) => hasOwn(each, first));
  let value = hasOwn(scope, first) ? scope[first] : undefined;
  for (const name of rest) value = hasOwn(value, name) ? value[name] : undefined;
  return value;
}

function hasOwn(value: unknown, name: string): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name);
}

function isSet(value: unknown): boolean {
  return Array.isArray(value)
    ? value.length > 0
    : value !== undefined && value !== null && value !== false && value !== "" && value !== 0;
}

function escapeValue(value: unknown, escaping: EscapeKind): string {
  const text =
    value === undefined || value === null
      ? ""
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);
  switch (escaping) {
    case "json":
      return JSON.stringify(text).slice(1, -1);
    case "form":
      return encodeURIComponent(text.toWellFormed());
    case "markup":
      return text
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;")
        .replaceAll('"', "&quot;");
    case "none":
      return text;
  }
}
