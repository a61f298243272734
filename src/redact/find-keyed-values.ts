import { CREDENTIAL } from "./find-credentials.ts";
import type { KeyClasses } from "./keys.ts";
import { keepEnds } from "./mask.ts";
import type { SensitiveClass } from "./redactor.ts";
import type { AddSpan } from "./span.ts";

const EQUALS = 61;
const COLON = 58;
const WIDE_COLON = 0xff1a;
/** No key is longer; what is looked at before a separator is bounded by it. */
const MAX_KEY = 64;
/** Headers that are several words long. */
const LONG_VALUE = /(?:authorization|cookie)$/i;
/** Words that also begin a sentence ("unexpected token: …"): after one of them plain prose is no secret. */
const PROSE_KEY = /(?:token|secret|pass|auth|sid|sign|signature|credentials?|bearer|cookie|jwt)$/i;
/** In Go's words for nothing, and in ours for what was taken out already. */
const NOTHING =
  /^(?:|null|nil|<nil>|none|true|false|undefined|\*+|\[[a-z-]+\]|\[dropped.*|(?:id|ip|mac)-[0-9a-f]{10})$/i;

/** What stands for a sensitive value of that class; null if it turns out to be none. */
export type ReplaceValue = (kind: SensitiveClass, value: string) => string | null;

/** Values of sensitive keys in text: `key=value`, `key: value`, `"key":"value"`, `\"key\":\"value\"`. */
export function findKeyedValues(text: string, keys: KeyClasses, replace: ReplaceValue, add: AddSpan): void {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const after = i + 1;
    if (code !== EQUALS && code !== COLON && code !== WIDE_COLON) continue;
    const key = keyBefore(text, i, keys);
    if (key === null) continue;
    const kind = keys.find(key);
    const chineseKind = kind === undefined ? keys.findChinese(key) : undefined;
    if (kind === undefined && chineseKind === undefined) continue;
    const { start, end, isQuoted } = valueAfter(text, after, key, kind);
    const value = text.slice(start, end);
    if (NOTHING.test(value) || value.startsWith("//")) continue;
    if (kind === undefined) {
      if (/^[\u4e00-\u9fff·]{2,}/.test(value))
        add(start, end, chineseKind!, replace(chineseKind!, value) ?? value);
      continue;
    }
    const spaced = code !== EQUALS && /\s/.test(text[after] ?? "");
    if (!isQuoted && spaced && PROSE_KEY.test(key) && !LONG_VALUE.test(key) && isProse(value)) continue;
    const replacement = replace(kind, value);
    if (replacement === null) continue;
    add(start, end, kind, replacement);
    i = end - 1;
  }
}

function isProse(value: string): boolean {
  return /^(?:[A-Z]?[a-z']{0,15}|[A-Z]{1,6}|[^A-Za-z0-9]{1,3})[.,:;!?]?$/.test(value);
}

/** The key that ends before a separator at `at`, without quotes; null if it cannot be a sensitive one. */
function keyBefore(text: string, at: number, keys: KeyClasses): string | null {
  let end = at;
  while (end > 0 && at - end < 3 && text[end - 1] === " ") end--;
  while (end > 0 && (text[end - 1] === '"' || text[end - 1] === "'" || text[end - 1] === "\\")) end--;
  if (end === 0 || !keys.mayEndWith(text.charCodeAt(end - 1))) return null;
  let start = end;
  while (start > 0 && end - start < MAX_KEY && isKeyCharacter(text.charCodeAt(start - 1))) start--;
  return start === end ? null : text.slice(start, end);
}

function isKeyCharacter(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 95 ||
    code === 45 ||
    code === 46 ||
    (code >= 0x4e00 && code <= 0x9fff)
  );
}

function valueAfter(
  text: string,
  from: number,
  key: string,
  kind: SensitiveClass | undefined,
): { start: number; end: number; isQuoted: boolean } {
  let start = from;
  if (text[start] === ">") start++;
  while (start - from < 4 && (text[start] === " " || text[start] === "\t")) start++;
  const quote = /^(\\*)(["'`])|^([[])/.exec(text.slice(start, start + 8));
  const already = /^\[[a-z-]{4,24}\]/.exec(text.slice(start, start + 26));
  if (already !== null) return { start, end: start + already[0].length, isQuoted: true };
  if (quote !== null) {
    const [mark, slashes = "", sign, bracket] = quote;
    const begin = start + mark.length;
    if (bracket !== undefined) {
      // Go prints a header as map[Authorization:[Bearer x]].
      const close = text.indexOf("]", begin);
      return { start: begin, end: close < 0 ? text.length : close, isQuoted: true };
    }
    return { start: begin, end: closingQuote(text, begin, slashes.length, sign!), isQuoted: true };
  }
  const isWhole = kind === "credential" || kind === "custom";
  const pattern = LONG_VALUE.test(key)
    ? /[\r\n"'`\]]|\\[rn"]/g
    : isWhole
      ? /[\s"'`&<>，；。]|\\"|[,;](?=\s*["'\w.-]+\s*[:=])/g
      : kind === "postal-address" || kind === "name"
        ? /[\r\n"'`&<>;|)\]}，；。、]|\s+[\w.-]+\s*[:=]|\\"/g
        : /[\s"'`&<>,;|)\]}，；。、]|\\"/g;
  pattern.lastIndex = start;
  let end = pattern.exec(text)?.index ?? text.length;
  while (isWhole && end > start && /[,;.)}\]]/.test(text[end - 1]!)) end--;
  return { start, end, isQuoted: false };
}

/** A quote behind as many backslashes as the opening one has; an odd one more is an escaped quote within. */
function closingQuote(text: string, from: number, slashes: number, sign: string): number {
  for (let at = text.indexOf(sign, from); at >= 0; at = text.indexOf(sign, at + 1)) {
    let before = 0;
    while (at - before - 1 >= from && text[at - before - 1] === "\\") before++;
    if (slashes === 0 ? before % 2 === 0 : before <= slashes) return at - (slashes === 0 ? 0 : before);
  }
  return text.length;
}

/** The default of ReplaceValue; `hash` stands for accounts, so that the same one stays recognisable. */
export function replaceValue(hash: (value: string) => string): ReplaceValue {
  return (kind, value) => {
    const digits = value.replace(/\D/g, "").length;
    switch (kind) {
      case "credential":
        return CREDENTIAL;
      case "custom":
        return "[custom]";
      case "account-id":
        return hash(value);
      case "phone":
        return digits < 5 ? null : digits >= 11 ? keepEnds(value, 3, 4) : "[phone]";
      case "resident-id":
        return digits < 6 ? null : keepEnds(value, 3, 2);
      case "bank-card":
        return digits < 8 ? null : keepEnds(value, 0, 4);
      case "passport":
        return digits < 5 ? null : "[passport]";
      case "social-credit-code":
      case "licence-plate":
        return digits < 2 ? null : `[${kind}]`;
      case "email":
        return value.includes("@") ? value.replace(/^(.).*?@/, "$1***@") : null;
      case "postal-address":
        return /[\u4e00-\u9fff]|[A-Za-z].*\d|\d.*[A-Za-z]/.test(value) && !/^[\w.-]*:\d+$/.test(value)
          ? "[postal-address]"
          : null;
      default:
        return `[${kind}]`;
    }
  };
}
