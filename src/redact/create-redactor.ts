import { createHmac } from "node:crypto";
import { RE2JS } from "re2js";
import { findLicencePlates, findPostalAddresses } from "./find-chinese.ts";
import { findTokens, findUserinfo } from "./find-credentials.ts";
import { findEmails } from "./find-emails.ts";
import { findKeyedValues, replaceValue } from "./find-keyed-values.ts";
import { findIpv4, findIpv6, findMac } from "./find-network-addresses.ts";
import { findDigitRuns, findGroupedNumbers, findSocialCreditCodes } from "./find-numbers.ts";
import { findPassports } from "./find-passports.ts";
import { KeyClasses } from "./keys.ts";
import { toPlainText } from "./plain-text.ts";
import { MAY_HOLD, prescan } from "./prescan.ts";
import type { RedactionCounts, Redactor, SensitiveClass } from "./redactor.ts";
import { type AddSpan, replaceSpans, type Span } from "./span.ts";
import { walkValue } from "./walk-value.ts";

export interface RedactorOptions {
  classes: readonly SensitiveClass[];
  /** RFC 1918, loopback and link-local addresses stay readable. */
  keepPrivateAddresses: boolean;
  /** Names of keys whose values are always taken out. */
  keys: readonly string[];
  /** RE2 expressions; what they match is taken out. */
  patterns: readonly string[];
  /** Of the hashes that stand for addresses and accounts. */
  salt: string | Uint8Array;
}

export const ALL_CLASSES: readonly SensitiveClass[] = [
  "phone",
  "resident-id",
  "bank-card",
  "passport",
  "social-credit-code",
  "licence-plate",
  "email",
  "name",
  "postal-address",
  "network-address",
  "credential",
  "account-id",
  "custom",
];

/** What stands where redaction itself failed: nothing is let through that was not looked at. */
export const DROPPED = "[dropped: redaction failed]";

const PASSPORT_WORD = /passport|permit|travel document|护照|通行证|台胞证|回乡证/i;
/** Characters of a text that are looked at as one; larger ones are cut at a line's end. */
const MAX_PIECE = 1 << 20;

/** A redactor that also knows the labels of profiles. */
export interface LabelRedactor extends Redactor {
  /** The value of a pprof label: of tenants and users nothing stays but a hash. */
  label(key: string, value: string): string;
}

/**
 * Builds the redactor of the twelve classes (docs/redaction.md) and the user's own rules. Throws RE2JSException if one
 * of `patterns` is no RE2 expression; the redactor itself never throws.
 */
export function createRedactor(options: RedactorOptions): LabelRedactor {
  const classes = new Set(options.classes);
  const keys = new KeyClasses(classes, options.keys);
  const custom = options.patterns.map((pattern) => RE2JS.compile(pattern));
  const counts: RedactionCounts = {};
  const count = (kind: SensitiveClass): void => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  const hash = (prefix: string, value: string): string =>
    `${prefix}-${createHmac("sha256", options.salt).update(value).digest("hex").slice(0, 10)}`;
  const replace = replaceValue((value) => hash("id", value));

  const find = (text: string, flags: number, spans: Span[]): void => {
    const add: AddSpan = (start, end, kind, replacement) => {
      if (classes.has(kind) && end > start) spans.push({ start, end, class: kind, replacement });
    };
    if (flags & MAY_HOLD.keys)
      findKeyedValues(text, keys, replace, (start, end, kind, replacement) => {
        if (end > start) spans.push({ start, end, class: kind, replacement });
      });
    if (classes.has("credential")) {
      findTokens(text, add);
      if (flags & MAY_HOLD.at) findUserinfo(text, add);
    }
    if (flags & MAY_HOLD.digits) {
      findDigitRuns(text, add);
    }
    if (flags & MAY_HOLD.groupedDigits) findGroupedNumbers(text, add);
    if (flags & MAY_HOLD.sevenDigits) {
      findSocialCreditCodes(text, add);
      if (PASSPORT_WORD.test(text)) findPassports(text, add);
    }
    if (flags & MAY_HOLD.at) findEmails(text, add);
    if (flags & MAY_HOLD.chinese) {
      findLicencePlates(text, add);
      findPostalAddresses(text, add);
    }
    if (flags & MAY_HOLD.ipv4) findIpv4(text, options.keepPrivateAddresses, hash, add);
    if (flags & MAY_HOLD.hexGroups) {
      findIpv6(text, options.keepPrivateAddresses, hash, add);
      findMac(text, hash, add);
    }
    for (const expression of custom) {
      const matcher = expression.matcher(text);
      while (matcher.find()) {
        if (matcher.end() > matcher.start()) add(matcher.start(), matcher.end(), "custom", "[custom]");
      }
    }
  };

  const redactPiece = (text: string): string => {
    const plain = toPlainText(text);
    const spans: Span[] = [];
    find(plain.text, prescan(plain.text), spans);
    if (spans.length === 0) return text;
    const { offsets } = plain;
    if (offsets !== null) {
      for (const span of spans) [span.start, span.end] = [offsets[span.start]!, offsets[span.end]!];
    }
    const { text: redacted, used } = replaceSpans(text, spans);
    for (const span of used) count(span.class);
    return redacted;
  };

  const text = (input: string): string => {
    try {
      if (input.length <= MAX_PIECE) return redactPiece(input);
      return pieces(input).map(redactPiece).join("");
    } catch {
      return DROPPED;
    }
  };

  const keyed = (kind: SensitiveClass | undefined, value: string): string | null => {
    if (kind === undefined) return null;
    const redacted = replace(kind, value);
    if (redacted !== null) count(kind);
    return redacted;
  };

  return {
    counts,
    text,
    value: <T>(value: T): T => walkValue(value, { text, keys, keyed, dropped: DROPPED }) as T,
    label(key, value) {
      try {
        return keyed(keys.findLabel(key), value) ?? text(value);
      } catch {
        return DROPPED;
      }
    },
  };
}

/** Cut at line ends where there are any, so that nothing sensitive is halved. */
function pieces(text: string): string[] {
  const result: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + MAX_PIECE);
    if (end < text.length) {
      const lineEnd = text.lastIndexOf("\n", end);
      if (lineEnd > at) end = lineEnd + 1;
    }
    result.push(text.slice(at, end));
    at = end;
  }
  return result;
}
