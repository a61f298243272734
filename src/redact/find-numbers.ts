import { isBorderAfter, isBorderBefore } from "./boundary.ts";
import { isBankCard, isImei, isResidentId, isSocialCreditCode } from "./checksums.ts";
import { isMachineIdKey, isQuantityKey } from "./keys.ts";
import { keepEnds } from "./mask.ts";
import type { AddSpan } from "./span.ts";

/** Mobile 1[3-9]… with its country code or without; landline with one of China's area codes. */
const MOBILE = /^(?:0?0?86)?1[3-9]\d{9}$/;
const LANDLINE = /^0(?:10|2\d|[3-9]\d\d)[2-8]\d{6,7}$/;

const GROUPED: readonly {
  pattern: RegExp;
  judge: (digits: string) => "phone" | "bank-card" | "resident-id" | null;
}[] = [
  { pattern: /(?:\(?(?:\+|00)?86\)?[ +-]?)?1[3-9]\d([ +-])\d{4}\1\d{4}/g, judge: () => "phone" },
  { pattern: /(?:\+|00)86[ +-]1[3-9]\d{9}/g, judge: () => "phone" },
  { pattern: /\(?0(?:10|2\d|[3-9]\d\d)(?:\)[ +-]?|[ +-])[1-9]\d{6,7}/g, judge: () => "phone" },
  {
    pattern: /\d{4}([ +-])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?/g,
    judge: (digits) => (isBankCard(digits) ? "bank-card" : null),
  },
  { pattern: /3[47]\d\d([ +-])\d{6}\1\d{5}/g, judge: (digits) => (isBankCard(digits) ? "bank-card" : null) },
  {
    pattern: /\d{6}([ +-])\d{8}\1\d{3}[\dXx]/g,
    judge: (digits) => (isResidentId(digits) ? "resident-id" : null),
  },
];
const RUN = /\d{10,}/g;
/** The last group of a UUID may be digits alone. */
const UUID_BEFORE = /[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-$/;
const CARD_WORD = /card|visa|pan|卡/i;
const SOCIAL_CREDIT_CODE = /[159Y][1239]\d{6}[0-9A-HJ-NP-RTUWXY]{10}/g;

/** Numbers that stand without anything between their digits: phones, resident IDs, cards, IMEIs. */
export function findDigitRuns(text: string, add: AddSpan): void {
  RUN.lastIndex = 0;
  for (let match = RUN.exec(text); match !== null; match = RUN.exec(text)) {
    const { 0: run, index } = match;
    let end = index + run.length;
    if (run.length > 19) continue;
    const hasX = run.length === 17 && /[Xx]/.test(text[end] ?? "");
    if (hasX) end++;
    if (!isBorderAfter(text, end)) continue;
    if (
      !isBorderBefore(text, index) &&
      !/(?:tel|phone|mobile|mob|sms|wx|id|card)$/i.test(text.slice(Math.max(0, index - 8), index))
    ) {
      continue;
    }
    const digits = text.slice(index, end);
    if ((run.length === 18 || hasX) && isResidentId(digits)) {
      add(index, end, "resident-id", keepEnds(digits, 3, 2));
      continue;
    }
    const kind = text[index - 1] === "+" && run[0] !== "0" && run.length <= 15 ? "phone" : kindOfRun(run);
    if (kind === null || isQuantity(text, index, end, kind === "phone")) continue;
    const before = text.slice(Math.max(0, index - 24), index);
    if (UUID_BEFORE.test(before)) continue;
    // A tenth of the identifiers of databases that have 19 digits begin with Visa's 4; hardly any card has so many.
    if (kind === "bank-card" && run.length === 19 && run[0] === "4" && !CARD_WORD.test(before)) continue;
    if (kind === "phone") add(index, end, kind, keepEnds(digits, 3, 4));
    else if (kind === "resident-id") add(index, end, kind, keepEnds(digits, 3, 2));
    else if (kind === "bank-card") add(index, end, kind, keepEnds(digits, 0, 4));
    else add(index, end, kind, "[account-id]");
  }
}

function kindOfRun(run: string): "phone" | "resident-id" | "bank-card" | "account-id" | null {
  if (MOBILE.test(run)) return isRoundNumber(run) ? null : "phone";
  if (LANDLINE.test(run)) return "phone";
  if (run.length < 13) return null;
  if (isBankCard(run)) return "bank-card";
  if (run.length !== 15) return null;
  if (isImei(run)) return "account-id";
  return isResidentId(run) ? "resident-id" : null;
}

/**
 * 16 GiB is 17179869184, fifteen seconds are 15000000000 ns: sizes and durations look like phone numbers. Nobody's
 * number is a multiple of 128 MiB or of ten million, but for one in a hundred million.
 */
function isRoundNumber(run: string): boolean {
  const value = Number(run);
  return value % 2 ** 27 === 0 || value % 1e7 === 0;
}

/** Numbers with spaces or dashes between their groups, or a country code. */
export function findGroupedNumbers(text: string, add: AddSpan): void {
  for (const { pattern, judge } of GROUPED) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const { 0: found, index, 1: separator } = match;
      const end = index + found.length;
      if (!isBorderBefore(text, index) || !isBorderAfter(text, end)) continue;
      // One of more groups of the same kind: a row of a table.
      if (separator !== undefined && isInRow(text, index, end, separator)) continue;
      const digits = found.replace(/[^\dXx]/g, "");
      const kind = judge(digits);
      if (kind === "phone") add(index, end, kind, keepEnds(digits, 3, 4));
      else if (kind === "bank-card") add(index, end, kind, keepEnds(digits, 0, 4));
      else if (kind === "resident-id") add(index, end, kind, keepEnds(digits, 3, 2));
    }
  }
}

function isInRow(text: string, start: number, end: number, separator: string): boolean {
  const before = text[start - 1] === separator && /\d/.test(text[start - 2] ?? "");
  const after = text[end] === separator && /\d/.test(text[end + 1] ?? "");
  return before || after;
}

/** Unified social credit codes: digits and letters, so they are looked for by themselves. */
export function findSocialCreditCodes(text: string, add: AddSpan): void {
  SOCIAL_CREDIT_CODE.lastIndex = 0;
  for (let match = SOCIAL_CREDIT_CODE.exec(text); match !== null; match = SOCIAL_CREDIT_CODE.exec(text)) {
    const { 0: code, index } = match;
    const end = index + code.length;
    if (!isBorderBefore(text, index) || !isBorderAfter(text, end) || !isSocialCreditCode(code)) continue;
    // One in thirty of the numbers with 18 digits and that beginning has a right check character.
    if (/^\d+$/.test(code) && isQuantity(text, index, end, false)) continue;
    add(index, end, "social-credit-code", keepEnds(code, 2, 2));
  }
}

const UNIT = /^ ?(?:bytes?|[KMGT]i?B|B|ns|µs|us|ms|s|sec|seconds?|records?|rows?|objects?|keys?|ops|times)\b/;
const KEY_BEFORE = /([A-Za-z][\w.-]*)(\\*["'])?\s{0,2}([:=]?)\s{0,2}(\\*["'])?[+-]?$/;

/**
 * Does what is around it say that this is no number of a person: its key, the word before, the unit behind? A JSON
 * number without quotes is one to reckon with, whatever its key; keys of phones and cards are another finder's.
 */
function isQuantity(text: string, start: number, end: number, isPhone: boolean): boolean {
  if (UNIT.test(text.slice(end, end + 10))) return true;
  const before = KEY_BEFORE.exec(text.slice(Math.max(0, start - 48), start));
  if (before === null) return false;
  const [, key, closing, separator, opening] = before;
  if (closing !== undefined && separator === ":" && opening === undefined) return true;
  return isQuantityKey(key!) || (!isPhone && isMachineIdKey(key!));
}
