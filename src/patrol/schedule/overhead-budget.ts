import type { BudgetConfig } from "../config/patrol-config.ts";

const SLICE_MS = 300_000;
/** Twelve slices of five minutes and the one that runs: what is looked back on is an hour at least. */
const SLICES = 13;

export interface Overhead {
  cpuSeconds: number;
  captures: number;
}

/** What a capture will cost is not known before; it stands against the budget from the start, until it is settled. */
export interface Reservation extends Overhead {
  target: string;
  slice: number;
}

export interface BudgetRefusal {
  spent: Overhead;
  /** "cpu-seconds" or "captures": which of the two is used up. */
  of: "cpu-seconds" | "captures";
  /** The earliest moment at which some of it is free again. */
  againMs: number;
}

interface Account {
  slice: number;
  cpuSeconds: Float64Array;
  captures: Float64Array;
}

/**
 * What the patrol costs each target, kept below the hourly budget. In any hour the sum of what was let through stays
 * within the budget, but for the difference between estimate and truth of what runs at that moment.
 */
export class OverheadBudget {
  readonly #accounts = new Map<string, Account>();
  #config: Pick<BudgetConfig, "cpuSecondsPerHour" | "capturesPerHour">;

  constructor(config: Pick<BudgetConfig, "cpuSecondsPerHour" | "capturesPerHour">) {
    this.#config = config;
  }

  reconfigure(config: Pick<BudgetConfig, "cpuSecondsPerHour" | "capturesPerHour">): void {
    this.#config = config;
  }

  reserve(target: string, estimate: Overhead, nowMs: number): Reservation | BudgetRefusal {
    const account = this.#accountOf(target, nowMs);
    const spent = sumOf(account);
    const overCpu = spent.cpuSeconds + estimate.cpuSeconds > this.#config.cpuSecondsPerHour;
    if (overCpu || spent.captures + estimate.captures > this.#config.capturesPerHour) {
      return { spent, of: overCpu ? "cpu-seconds" : "captures", againMs: findRelease(account, overCpu) };
    }
    this.#add(account, account.slice, estimate);
    return { ...estimate, target, slice: account.slice };
  }

  /** Replaces the estimate by what it was. */
  settle(reservation: Reservation, actual: Overhead, nowMs: number): void {
    const account = this.#accountOf(reservation.target, nowMs);
    this.#add(account, reservation.slice, {
      cpuSeconds: actual.cpuSeconds - reservation.cpuSeconds,
      captures: actual.captures - reservation.captures,
    });
  }

  /** Cheap checks are not held back, but what they cost counts. */
  spend(target: string, overhead: Overhead, nowMs: number): void {
    const account = this.#accountOf(target, nowMs);
    this.#add(account, account.slice, overhead);
  }

  spent(target: string, nowMs: number): Overhead {
    return this.#accounts.has(target)
      ? sumOf(this.#accountOf(target, nowMs))
      : { cpuSeconds: 0, captures: 0 };
  }

  /** Forgets targets that are gone. */
  retain(isWanted: (target: string) => boolean): void {
    for (const target of this.#accounts.keys()) if (!isWanted(target)) this.#accounts.delete(target);
  }

  #accountOf(target: string, nowMs: number): Account {
    const slice = Math.floor(nowMs / SLICE_MS);
    let account = this.#accounts.get(target);
    if (account === undefined) {
      account = { slice, cpuSeconds: new Float64Array(SLICES), captures: new Float64Array(SLICES) };
      this.#accounts.set(target, account);
    }
    for (let old = account.slice + 1; old <= Math.min(slice, account.slice + SLICES); old++) {
      account.cpuSeconds[old % SLICES] = 0;
      account.captures[old % SLICES] = 0;
    }
    if (slice > account.slice + SLICES) {
      account.cpuSeconds.fill(0);
      account.captures.fill(0);
    }
    // A clock that was set back must not open the hour a second time.
    account.slice = Math.max(account.slice, slice);
    return account;
  }

  #add(account: Account, slice: number, { cpuSeconds, captures }: Overhead): void {
    if (slice <= account.slice - SLICES) return;
    account.cpuSeconds[slice % SLICES]! += cpuSeconds;
    account.captures[slice % SLICES]! += captures;
  }
}

export function isRefusal(answer: Reservation | BudgetRefusal): answer is BudgetRefusal {
  return "of" in answer;
}

function sumOf({ cpuSeconds, captures }: Account): Overhead {
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  return { cpuSeconds: sum(cpuSeconds), captures: sum(captures) };
}

/** When the oldest slice that holds something falls out of the hour. */
function findRelease(account: Account, overCpu: boolean): number {
  const values = overCpu ? account.cpuSeconds : account.captures;
  for (let slice = account.slice - SLICES + 1; slice <= account.slice; slice++) {
    if (slice >= 0 && values[slice % SLICES]! > 0) return (slice + SLICES) * SLICE_MS;
  }
  return (account.slice + 1) * SLICE_MS;
}
