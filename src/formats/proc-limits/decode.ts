import { type Damage, DecodeError } from "../../bytes/decode-error.ts";
import { decodeText, startsWith } from "../../lib/ascii.ts";
import type { ProcessLimits } from "../../tables/process-facts.ts";

const MAX_BYTES = 16 * 1024;
const HEADING = "Limit                     Soft Limit";
const LABELS = {
  "Max open files": "openFiles",
  "Max address space": "addressSpaceBytes",
  "Max data size": "dataBytes",
  "Max stack size": "stackBytes",
  "Max locked memory": "lockedBytes",
  "Max processes": "processes",
} as const;

export function sniffProcLimits(head: Uint8Array): boolean {
  return startsWith(head, 0, head.length, HEADING);
}

/**
 * Decodes `/proc/PID/limits`: a table in columns, of which the soft limit is kept (fs/proc/base.c, proc_pid_limits).
 *
 * @throws DecodeError if the heading is missing.
 */
export function decodeProcLimits(bytes: Uint8Array): { limits: ProcessLimits; damage: Damage[] } {
  if (!sniffProcLimits(bytes)) {
    throw new DecodeError("there is no table of limits", {
      format: "proc-limits",
      offset: 0,
      hint: "Give /proc/PID/limits as the kernel prints it.",
    });
  }
  const text = decodeText(bytes, 0, Math.min(bytes.length, MAX_BYTES));
  const limits: ProcessLimits = {};
  for (const [label, field] of Object.entries(LABELS)) {
    const soft = new RegExp(`^${label} +(unlimited|\\d{1,20}) `, "m").exec(text)?.[1];
    if (soft !== undefined) limits[field] = soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
  }
  const damage: Damage[] =
    limits.openFiles === undefined
      ? [{ format: "proc-limits", offset: text.length, what: "the limit of open files is not in it" }]
      : [];
  return { limits, damage };
}
