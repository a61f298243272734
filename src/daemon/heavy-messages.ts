import type { CheckContext, CheckKind, CheckResult, CheckTarget } from "../patrol/check.ts";
import type { SecretRef } from "../patrol/config/patrol-config.ts";

/** What goes between the patrol and the threads that decode: plain data only. */
export type ToWorker =
  | {
      type: "run";
      id: number;
      kind: CheckKind;
      target: CheckTarget;
      options: Readonly<Record<string, unknown>>;
      context: Pick<CheckContext, "timeoutMs" | "slotMs" | "previous" | "maxTargetMemory">;
    }
  | { type: "abort"; id: number }
  | { type: "answer"; question: number; value: unknown; error: string | null };

export type FromWorker =
  | { type: "done"; id: number; result: CheckResult }
  | { type: "failed"; id: number; message: string }
  | { type: "secret"; question: number; ref: SecretRef; id: number }
  | { type: "base"; question: number; target: string; id: number };
