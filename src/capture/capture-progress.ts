import type { CaptureKind } from "../bundle/manifest.ts";
import type { CaptureErrorCode } from "./capture-error.ts";

/** Where a window stands. `sample` counts from 0; `samples` is how many are planned. */
interface Position {
  sample: number;
  samples: number;
  /** Until the window's planned end; 0 once it has passed. */
  msLeft: number;
}

/** What capture is doing, as it happens, for whoever shows it. */
export type CaptureProgress =
  | (Position & { phase: "request"; kind: CaptureKind; origin: string })
  | (Position & {
      phase: "received";
      kind: CaptureKind;
      origin: string;
      bytes: number;
      elapsedMs: number;
      cutOff: boolean;
    })
  | (Position & {
      phase: "failed";
      kind: CaptureKind;
      origin: string;
      code: CaptureErrorCode | "skipped";
      reason: string;
    })
  /** Nothing is asked until the next sample, `nextMs` from now. */
  | (Position & { phase: "wait"; nextMs: number })
  | (Position & { phase: "load-started"; command: string })
  /** `exitCode` is null if a signal ended it, ours or another's. `stderrTail` is the end of what it complained. */
  | (Position & { phase: "load-ended"; exitCode: number | null; stderrTail: string })
  | (Position & { phase: "done"; captures: number; bytes: number; failures: number; interrupted: boolean });

export type OnProgress = (progress: CaptureProgress) => void;
