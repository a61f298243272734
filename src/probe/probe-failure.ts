import type { CheckOutcome, CheckProblem } from "../patrol/check.ts";
import type { ProblemCode } from "../patrol/check-types/problem-codes.ts";

/** Why a look at a target did not come about; becomes the check's result. */
export class ProbeFailure extends Error {
  override readonly name = "ProbeFailure";
  readonly outcome: Exclude<CheckOutcome, "ok">;
  readonly code: ProblemCode;
  readonly hint: string | null;

  /** `message` is a sentence without secrets; `hint` is what to do about it. */
  constructor(
    code: ProblemCode,
    message: string,
    hint: string | null = null,
    outcome: Exclude<CheckOutcome, "ok"> = "failed",
  ) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.outcome = outcome;
  }

  get problem(): CheckProblem {
    return { code: this.code, message: this.message, hint: this.hint };
  }
}

/** What the patrol itself stopped: it says nothing of the target. */
export function interrupted(where: string): ProbeFailure {
  return new ProbeFailure("interrupted", `${where}: stopped before it was done.`, null, "error");
}
