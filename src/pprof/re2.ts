import { RE2JS, RE2JSException } from "re2js";
import { PprofError } from "./pprof-error.ts";

/** A regular expression of Go's regexp package: RE2 syntax, unanchored, in time linear in the text. */
export interface Re2 {
  readonly source: string;
  test(text: string): boolean;
}

/**
 * Time is linear in the text, but in the expression too, and `a{1000}` is a thousand of it. Go refuses what would take
 * some millions; that many take minutes here.
 */
const USER_LIMITS = { letters: 1_000_000, repeated: 20_000 };
/** For what a file brings along: nobody waits for it on purpose. */
export const FOREIGN_LIMITS: typeof USER_LIMITS = { letters: 16_384, repeated: 200 };

/**
 * `what` names the option in the error.
 *
 * @throws PprofError if the syntax is not RE2's, or repetitions make it too large.
 */
export function compileRe2(source: string, what: string, limits: typeof USER_LIMITS = USER_LIMITS): Re2 {
  if (source.length > limits.letters || countRepeated(source) > limits.repeated) {
    throw new PprofError(`parsing ${what}: error parsing regexp: expression too large`);
  }
  try {
    const compiled = RE2JS.compile(source);
    return { source, test: (text) => compiled.test(text) };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new PprofError(`parsing ${what}: ${error.message}`);
  }
}

const COUNT = /\{(\d{1,4})(?:,(\d{0,4}))?\}/y;
const CLASS = /\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]?/sy;

/** How many letters, classes and the like counted repetitions add. */
function countRepeated(source: string): number {
  if (!source.includes("{")) return 0;
  /** Sizes of the open groups, outermost first. */
  const open = [0];
  let size = 0;
  let last = 0;
  let repeated = 0;
  for (let at = 0; at < source.length; at++) {
    last = 1;
    switch (source[at]) {
      case "\\":
        at++;
        break;
      case "[":
        CLASS.lastIndex = at;
        at += (CLASS.exec(source)?.[0].length ?? 1) - 1;
        break;
      case "(":
        open.push(size);
        size = 0;
        continue;
      case ")":
        last = size;
        size = open.length > 1 ? open.pop()! : 0;
        break;
    }
    size += last;
    COUNT.lastIndex = at + 1;
    for (let count = COUNT.exec(source); count !== null; count = COUNT.exec(source)) {
      at += count[0].length;
      const more = last * (Math.max(Number(count[1]), Number(count[2] ?? 0)) - 1);
      if (more > 0) {
        last += more;
        size += more;
        repeated += more;
      }
      COUNT.lastIndex = at + 1;
    }
  }
  return repeated;
}
