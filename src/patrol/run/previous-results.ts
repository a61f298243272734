import type { CheckResult } from "../check.ts";

/** Each check's own last good result of each target, without captures and inspection. */
export class PreviousResults {
  readonly #results = new Map<string, Map<string, CheckResult>>();

  get(target: string, check: string): CheckResult | null {
    return this.#results.get(target)?.get(check) ?? null;
  }

  put(target: string, check: string, result: CheckResult): void {
    const results = this.#results.get(target) ?? new Map<string, CheckResult>();
    results.set(check, { ...result, captures: [], inspection: null });
    this.#results.set(target, results);
  }

  retain(isWanted: (target: string) => boolean): void {
    for (const target of this.#results.keys()) if (!isWanted(target)) this.#results.delete(target);
  }
}
