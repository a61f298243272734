import { DecodeError } from "../../bytes/decode-error.ts";
import { decodeText } from "../../lib/ascii.ts";
import type { ProcessStat } from "../../tables/process-facts.ts";

const MAX_BYTES = 4096;
/** The command may hold anything, a parenthesis or a line break too: only the last ")" ends it. */
const SHAPE = /^(\d{1,10}) \(([\s\S]{0,64})\) ([A-Za-z]) ([-\d ]+)\n?$/;

export function sniffProcStat(head: Uint8Array): boolean {
  return head.length <= MAX_BYTES && SHAPE.test(decodeText(head, 0, head.length));
}

/**
 * Decodes `/proc/PID/stat`: one line of fields by position (man 5 proc_pid_stat).
 *
 * @throws DecodeError if it is not that line, or broken off before the start time.
 */
export function decodeProcStat(bytes: Uint8Array): ProcessStat {
  const match = bytes.length > MAX_BYTES ? null : SHAPE.exec(decodeText(bytes, 0, bytes.length));
  // Behind the state, which is field 3.
  const fields = match?.[4]?.trim().split(" ").map(Number) ?? [];
  const field = (number: number) => fields[number - 4] ?? Number.NaN;
  if (match === null || Number.isNaN(field(22))) {
    throw new DecodeError("it is no line of process figures", {
      format: "proc-stat",
      offset: 0,
      hint: "Give /proc/PID/stat as the kernel prints it.",
    });
  }
  return {
    pid: Number(match[1]),
    name: match[2]!,
    state: match[3]!,
    minorFaults: field(10),
    majorFaults: field(12),
    userTicks: field(14),
    systemTicks: field(15),
    threads: field(20),
    startTicks: field(22),
  };
}
