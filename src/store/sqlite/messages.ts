import type { AuditFacts } from "../../patrol/audit-chain.ts";
import type { StoreConfig } from "../../patrol/config/patrol-config.ts";
import type { CompactStep, StoreErrorCode } from "../store.ts";
import type { PackedBatch } from "./packed-batch.ts";
import type { Reader } from "./reader.ts";

export interface WorkerOptions {
  dir: string;
  readOnly: boolean;
  retention: StoreConfig["retention"];
  /** While writes come one after another, they are gathered for so long. */
  lingerMs: number;
}

/** What the main thread asks; each is answered once, by its number. */
export type Request =
  | { number: number; ask: "write"; batch: PackedBatch }
  | { number: number; ask: "audit"; facts: AuditFacts }
  | { number: number; ask: "read"; method: keyof Reader; parameters: unknown[] }
  | { number: number; ask: "compact"; nowMs: number }
  | { number: number; ask: "verify" }
  | { number: number; ask: "close" };

export type Answer =
  | { number: number; result: unknown }
  | { number: number; error: StoreFailure }
  /** While a request is worked on. */
  | { number: number; step: CompactStep };

export interface StoreFailure {
  code: StoreErrorCode;
  message: string;
  hint: string;
}
