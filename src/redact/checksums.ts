import * as residentId from "stdnum/lib/cjs/cn/ric.js";

/** GB/T 2260: the first two digits of a resident ID. */
const PROVINCES = new Set(
  "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split(
    " ",
  ),
);

/** 18 characters: province, date of birth, ISO 7064 MOD 11-2 (GB 11643). Or the old 15 digits, which have no checksum. */
export function isResidentId(text: string): boolean {
  if (!PROVINCES.has(text.slice(0, 2))) return false;
  if (text.length === 18) {
    // Cheap before dear: the library makes an Error with its stack for each number that it refuses.
    return isDate(text.slice(6, 14)) && residentId.validate(text.toUpperCase()).isValid;
  }
  return text.length === 15 && isDate(`19${text.slice(6, 12)}`);
}

/** GB 32100: 18 characters without I, O, S, V, Z, MOD 31. */
export function isSocialCreditCode(text: string): boolean {
  return (
    /^[159Y][1239]\d{6}[0-9A-HJ-NP-RTUWXY]{10}$/.test(text) &&
    PROVINCES.has(text.slice(2, 4)) &&
    hasSocialCreditCheck(text)
  );
}

const SOCIAL_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/** GB 32100-2015 annex B. Ours, because stdnum 1.12 refuses every code whose check character is 0. */
function hasSocialCreditCheck(text: string): boolean {
  let sum = 0;
  let weight = 1;
  for (const character of text.slice(0, 17)) {
    sum += SOCIAL_CREDIT_ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return SOCIAL_CREDIT_ALPHABET[(31 - (sum % 31)) % 31] === text[17];
}

/** Lengths by issuer prefix; without them Luhn alone takes a tenth of all numbers for a card. */
const ISSUERS: readonly { prefix: RegExp; lengths: readonly number[] }[] = [
  { prefix: /^62/, lengths: [16, 17, 18, 19] },
  { prefix: /^4/, lengths: [13, 16, 19] },
  { prefix: /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { prefix: /^3[47]/, lengths: [15] },
  { prefix: /^35(2[89]|[3-8])/, lengths: [16] },
  { prefix: /^(6011|64[4-9]|65)/, lengths: [16] },
  { prefix: /^(30[0-5]|36|38)/, lengths: [14] },
];

/** 13 to 19 digits with the prefix and length of an issuer (ISO/IEC 7812) and the check digit of Luhn. */
export function isBankCard(digits: string): boolean {
  return (
    ISSUERS.some(({ prefix, lengths }) => lengths.includes(digits.length) && prefix.test(digits)) &&
    hasLuhnDigit(digits)
  );
}

/** 15 digits that begin as those of a reporting body do (3GPP TS 23.003), with the check digit of Luhn. */
export function isImei(digits: string): boolean {
  return digits.length === 15 && /^(01|35|86|98|99)/.test(digits) && hasLuhnDigit(digits);
}

/** ISO/IEC 7812-1 annex B. */
function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** YYYYMMDD of somebody who may be alive. */
function isDate(text: string): boolean {
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6, 8))];
  if (year < 1900 || year > 2099 || month < 1 || month > 12 || day < 1) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 && !isLeap ? 28 : DAYS[month - 1]!);
}
