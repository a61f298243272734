import { formatQuantity } from "../../lib/format-quantity.ts";
import type { PrecheckConfig } from "../config/patrol-config.ts";

/** What the machine and the patrol itself are like at the moment; null where it cannot be told. */
export interface PrecheckFacts {
  /** Share of the disk that is free where the store is, 0 to 1. */
  freeDisk: number | null;
  loadPerCore: number | null;
  ownRssBytes: number;
  /** The wall clock against the time that passed since the start: a step says that somebody set it. */
  clockStepMs: number;
  /** Whether the last write to the store succeeded, and why not. */
  storeProblem: string | null;
}

export interface PrecheckRefusal {
  /** "disk", "load", "own-memory" …: what the notice is about, so that it is one notice and not one for each run. */
  about: string;
  detail: string;
}

/** A clock that was set by more makes rates wrong; the run is told, not refused, as the next one will be right. */
const CLOCK_STEP_MS = 60_000;

/** Why nothing may be run now, each with its numbers; empty if all is well. */
export function judgePrecheck(facts: PrecheckFacts, config: PrecheckConfig): PrecheckRefusal[] {
  const refusals: PrecheckRefusal[] = [];
  const { freeDisk, loadPerCore, ownRssBytes, clockStepMs, storeProblem } = facts;
  if (freeDisk !== null && freeDisk < config.minFreeDisk) {
    refusals.push({
      about: "disk",
      detail: `${percent(freeDisk)} of the store's disk is free, below ${percent(config.minFreeDisk)}`,
    });
  }
  if (loadPerCore !== null && config.maxLoadPerCore !== null && loadPerCore > config.maxLoadPerCore) {
    refusals.push({
      about: "load",
      detail: `the load is ${loadPerCore.toFixed(2)} per core, above ${config.maxLoadPerCore}`,
    });
  }
  if (ownRssBytes > config.maxOwnRssBytes) {
    refusals.push({
      about: "own-memory",
      detail: `the patrol itself has ${bytes(ownRssBytes)} resident, above ${bytes(config.maxOwnRssBytes)}`,
    });
  }
  if (Math.abs(clockStepMs) > CLOCK_STEP_MS) {
    refusals.push({
      about: "clock",
      detail: `the clock was set by ${(clockStepMs / 1000).toFixed(0)} s within the last minute`,
    });
  }
  if (storeProblem !== null) {
    refusals.push({ about: "store", detail: `the store does not take anything: ${storeProblem}` });
  }
  return refusals;
}

/** No heavy look at a target that is nearly at its limit; `memoryShare` null: not known, and the check looks itself. */
export function judgeHeadroom(
  memoryShare: number | null,
  { maxTargetMemory }: PrecheckConfig,
): PrecheckRefusal | null {
  if (memoryShare === null || memoryShare <= maxTargetMemory) return null;
  return {
    about: "target-memory",
    detail: `the target is at ${percent(memoryShare)} of its memory limit, above ${percent(maxTargetMemory)}: no profile is taken`,
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function bytes(value: number): string {
  return formatQuantity(value, "bytes");
}
