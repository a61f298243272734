import type { AddSpan } from "./span.ts";

const WORD = "(?:passport|travel (?:document|permit)|护照|通行证|台胞证|回乡证)";
/** "护照号码：E12345678", "passport no. is E12345678". */
const BEHIND = new RegExp(
  `${WORD}[^A-Za-z0-9]{0,8}(?:(?:no|number|num|id|is|号码|号|为|是)[^A-Za-z0-9]{0,8}){0,3}([A-Za-z]{1,2}\\d{7,10}|\\d{8,10})(?![A-Za-z0-9])`,
  "gi",
);
/** "E12345678（护照）". */
const BEFORE = new RegExp(`(?<![A-Za-z0-9])([A-Za-z]{1,2}\\d{7,10})(?=[^A-Za-z0-9]{0,4}${WORD})`, "gi");

/** Passports and permits for Hong Kong, Macau and Taiwan: without checksum, so only beside a word that says what it is. */
export function findPassports(text: string, add: AddSpan): void {
  for (const match of text.matchAll(BEHIND)) {
    const end = match.index + match[0].length;
    add(end - match[1]!.length, end, "passport", "[passport]");
  }
  for (const match of text.matchAll(BEFORE)) {
    add(match.index, match.index + match[1]!.length, "passport", "[passport]");
  }
}
