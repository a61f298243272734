import { performance } from "node:perf_hooks";
import { ZodError } from "zod";
import type { Check, CheckContext, CheckKind, CheckResult, CheckTarget } from "../patrol/check.ts";
import { AddressError } from "../patrol/check-types/address.ts";
import type { TypedCheckType } from "../patrol/check-types/define-check-type.ts";
import { Deadline } from "./deadline.ts";
import { ProbeFailure } from "./probe-failure.ts";

/** What a kind's own code works with: the context, and the time that is left. */
export interface Probe extends Omit<CheckContext, "signal" | "timeoutMs"> {
  deadline: Deadline;
  target: CheckTarget;
  /** When it began, milliseconds since 1970. */
  atMs: number;
}

/** What came of it; what is not given is nothing. */
export type Look = { metrics: Record<string, number> } & Partial<
  Omit<CheckResult, "metrics" | "atMs" | "elapsedMs">
>;

/**
 * Makes a check of a kind's static facts and its own code, which throws ProbeFailure for what the target does. Whatever
 * else it throws is a fault of ours, and a result too.
 */
export function defineCheck<Options>(
  type: TypedCheckType<Options>,
  look: (probe: Probe, options: Options) => Promise<Look>,
): Check {
  return {
    ...type,
    async run(target, given, context) {
      const atMs = Date.now();
      const startedMs = performance.now();
      const { signal, timeoutMs, ...rest } = context;
      const deadline = new Deadline(signal, timeoutMs);
      const finish = (part: Partial<Look>): CheckResult => {
        const { metrics = {}, outcome = "ok" } = part;
        return {
          problem: null,
          facts: {},
          inspection: null,
          profiles: [],
          captures: [],
          targetCpuSeconds: 0,
          ...part,
          outcome,
          metrics: keepNumbers(metrics, outcome),
          atMs,
          elapsedMs: round(performance.now() - startedMs),
        };
      };
      try {
        const options = type.parse(given);
        return finish(await look({ ...rest, deadline, target, atMs }, options));
      } catch (error) {
        const failure = toFailure(error, type.kind);
        return finish({ outcome: failure.outcome, problem: failure.problem });
      } finally {
        deadline.clear();
      }
    },
  };
}

/** A number that is none is not known. */
function keepNumbers(
  metrics: Record<string, number>,
  outcome: CheckResult["outcome"],
): Record<string, number> {
  const kept: Record<string, number> = {};
  if (outcome === "ok") kept["up"] = 1;
  else if (outcome === "failed") kept["up"] = 0;
  for (const [name, value] of Object.entries(metrics)) {
    if (Number.isFinite(value)) kept[name] = value;
  }
  return kept;
}

function toFailure(error: unknown, kind: CheckKind): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  if (error instanceof AddressError) {
    return new ProbeFailure(
      "bad-address",
      `The target's address does not fit a ${kind} check: ${error.message}.`,
      "Change the address, or take the check from this target.",
      "error",
    );
  }
  if (error instanceof ZodError) {
    const [issue] = error.issues;
    return new ProbeFailure(
      "bad-options",
      `The options of the ${kind} check are not valid: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}.`,
      "Run gopatrol patrol check-config.",
      "error",
    );
  }
  if (error instanceof Error && error.name === "SecretError") {
    return new ProbeFailure("secret-missing", `A credential cannot be had: ${error.message}.`, null, "error");
  }
  // Its message may hold anything: only what kind of fault it was is told.
  const name = error instanceof Error ? error.name : typeof error;
  return new ProbeFailure(
    "internal",
    `The ${kind} check failed by a fault of its own (${name}).`,
    null,
    "error",
  );
}

export function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
