import { RE2JS, RE2JSException } from "re2js";
import { PprofError } from "./pprof-error.ts";

/** A regular expression of Go's regexp package: RE2 syntax, unanchored, in time linear in the text. */
export interface Re2 {
  readonly source: string;
  test(text: string): boolean;
}

/** `what` names the option in the error. @throws PprofError if the syntax is not RE2's. */
export function compileRe2(source: string, what: string): Re2 {
  try {
    const compiled = RE2JS.compile(source);
    return { source, test: (text) => compiled.test(text) };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new PprofError(`parsing ${what}: ${error.message}`);
  }
}
