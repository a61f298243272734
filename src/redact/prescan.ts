/** What a text may hold, seen in one pass over its characters; each flag lets a finder look closer. */
export const MAY_HOLD = {
  /** Ten digits or more in one piece. */
  digits: 1,
  /** "@" */
  at: 2,
  /** Chinese characters. */
  chinese: 4,
  /** Numbers joined by three dots. */
  ipv4: 8,
  /** Hexadecimal digits joined by colons or dashes, as in IPv6 and MAC addresses. */
  hexGroups: 16,
  /** "=" or ":" after something: a key with its value. */
  keys: 32,
  /** Seven digits without anything between them. */
  sevenDigits: 64,
  /** Ten digits or more, with single spaces, dashes or parentheses between them. */
  groupedDigits: 128,
} as const;

const OTHER = 0;
const DIGIT = 1;
const HEX_LETTER = 2;
const SEPARATOR = 3;
const DASH = 4;
const DOT = 5;
const COLON = 6;
const EQUALS = 7;
const AT = 8;

const CLASS_OF = new Uint8Array(128);
for (let code = 48; code <= 57; code++) CLASS_OF[code] = DIGIT;
for (const letter of "abcdefABCDEF") CLASS_OF[letter.charCodeAt(0)] = HEX_LETTER;
for (const separator of " ()+") CLASS_OF[separator.charCodeAt(0)] = SEPARATOR;
CLASS_OF["-".charCodeAt(0)] = DASH;
CLASS_OF[".".charCodeAt(0)] = DOT;
CLASS_OF[":".charCodeAt(0)] = COLON;
CLASS_OF["=".charCodeAt(0)] = EQUALS;
CLASS_OF["@".charCodeAt(0)] = AT;

const WIDE_COLON = 0xff1a;
/** Fewest digits of anything that is recognised by its digits alone (a landline number with its area code). */
const MIN_DIGITS = 10;

/**
 * Bits of MAY_HOLD. This is what all of the ordinary text costs, so it looks at each character once and at nothing
 * else; a flag too many costs time, a flag too few is a miss.
 */
export function prescan(text: string): number {
  let flags = 0;
  let digits = 0;
  let run = 0;
  let separators = 0;
  let dots = 0;
  let groups = 0;
  let previous = OTHER;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 128) {
      if (code >= 0x2e80) flags |= code === WIDE_COLON ? MAY_HOLD.keys : MAY_HOLD.chinese;
      digits = run = separators = dots = groups = 0;
      previous = OTHER;
      continue;
    }
    const kind = CLASS_OF[code]!;
    if (kind !== DIGIT) run = 0;
    switch (kind) {
      case DIGIT:
        if (++run === 7) flags |= MAY_HOLD.sevenDigits;
        if (run === MIN_DIGITS) flags |= MAY_HOLD.digits;
        if (++digits >= MIN_DIGITS && digits > run) flags |= MAY_HOLD.groupedDigits;
        separators = 0;
        if (dots >= 3) flags |= MAY_HOLD.ipv4;
        break;
      case HEX_LETTER:
        digits = dots = 0;
        break;
      case SEPARATOR:
      case DASH:
        if (++separators > 2) digits = 0;
        dots = 0;
        if (kind === SEPARATOR) groups = 0;
        else if (++groups >= 5) flags |= MAY_HOLD.hexGroups;
        break;
      case DOT:
        dots = previous === DIGIT ? dots + 1 : 0;
        digits = 0;
        break;
      case COLON:
        flags |= MAY_HOLD.keys;
        if (previous === COLON || ++groups >= 5) flags |= MAY_HOLD.hexGroups;
        digits = dots = 0;
        break;
      case EQUALS:
        flags |= MAY_HOLD.keys;
        digits = dots = groups = 0;
        break;
      case AT:
        flags |= MAY_HOLD.at;
        digits = dots = groups = 0;
        break;
      default:
        digits = dots = groups = 0;
    }
    previous = kind;
  }
  return flags;
}
