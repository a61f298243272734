import { isDigit, SPACE, skipDigits } from "../../lib/ascii.ts";

/**
 * What a log puts before each line of a dump: a time, a host, a stream ("2026-11-20T08:15:30.1Z stderr F ",
 * "app-1  | "). Taken from the line of a goroutine header; on other lines every run of digits may be another one.
 */
export class LogPrefix {
  #pattern = new Uint8Array(0);

  get isEmpty(): boolean {
    return this.#pattern.length === 0;
  }

  set(bytes: Uint8Array, start: number, end: number): void {
    this.#pattern = bytes.slice(start, end);
  }

  clear(): void {
    this.#pattern = new Uint8Array(0);
  }

  /** Where the line goes on behind the prefix, or -1 if it does not have it. */
  skip(bytes: Uint8Array, start: number, end: number): number {
    const pattern = this.#pattern;
    let at = start;
    for (let i = 0; i < pattern.length; ) {
      const expected = pattern[i]!;
      if (isDigit(expected)) {
        const digitsEnd = skipDigits(bytes, at, end);
        if (digitsEnd === at) return -1;
        at = digitsEnd;
        i = skipDigits(pattern, i, pattern.length);
        continue;
      }
      // An empty line: whoever wrote the log may have trimmed the blank behind the prefix.
      if (at === end && this.#isBlankFrom(i)) return end;
      if (at >= end || bytes[at] !== expected) return -1;
      at++;
      i++;
    }
    return at;
  }

  #isBlankFrom(index: number): boolean {
    for (let i = index; i < this.#pattern.length; i++) {
      if (this.#pattern[i] !== SPACE) return false;
    }
    return true;
  }
}
