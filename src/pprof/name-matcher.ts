import { NONE, type Profile } from "../tables/profile.ts";
import type { StringIndex } from "../tables/string-table.ts";
import type { Re2 } from "./re2.ts";

const UNKNOWN = 0;
const MATCHES = 1;
const FAILS = 2;

/** Asks a regular expression once a string, however many functions, files and mappings share it. */
export class NameMatcher {
  readonly #profile: Profile;
  readonly #expression: Re2;
  readonly #known: Uint8Array;

  constructor(profile: Profile, expression: Re2) {
    this.#profile = profile;
    this.#expression = expression;
    this.#known = new Uint8Array(profile.strings.length);
  }

  matchesString(index: number): boolean {
    const known = this.#known[index]!;
    if (known !== UNKNOWN) return known === MATCHES;
    const matches = this.#expression.test(this.#profile.strings.get(index as StringIndex));
    this.#known[index] = matches ? MATCHES : FAILS;
    return matches;
  }

  /** Whether a line's function or file matches; undefined for a line without a function. */
  matchesLine(row: number): boolean | undefined {
    const { locations, functions } = this.#profile;
    const fn = locations.lineFunction[row]!;
    if (fn === NONE) return undefined;
    return this.matchesString(functions.name[fn]!) || this.matchesString(functions.filename[fn]!);
  }

  matchesMapping(location: number): boolean {
    const mapping = this.#profile.locations.mapping[location]!;
    return mapping !== NONE && this.matchesString(this.#profile.mappings.filename[mapping]!);
  }

  /** Whether any line or the mapping of a location matches. */
  matchesLocation(location: number): boolean {
    const { lineStart } = this.#profile.locations;
    for (let row = lineStart[location]!; row < lineStart[location + 1]!; row++) {
      if (this.matchesLine(row) === true) return true;
    }
    return this.matchesMapping(location);
  }
}
