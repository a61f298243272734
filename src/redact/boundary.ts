/**
 * Is there a border before `at`, so that what begins there is not the tail of a longer word or number?
 */
export function isBorderBefore(text: string, at: number): boolean {
  if (at === 0) return true;
  const code = text.charCodeAt(at - 1);
  if (code === DOT) return !isDigit(text.charCodeAt(at - 2));
  return !isAlphanumeric(code);
}

/** Is there a border at `at`, so that what ends there does not go on? */
export function isBorderAfter(text: string, at: number): boolean {
  if (at >= text.length) return true;
  const code = text.charCodeAt(at);
  if (code === DOT) return !isDigit(text.charCodeAt(at + 1));
  return !isAlphanumeric(code);
}

const DOT = 46;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** ASCII only: a number in the middle of Chinese text has borders. The underscore joins words, it does not make one. */
function isAlphanumeric(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
