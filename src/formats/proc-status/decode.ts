import { DamageLog } from "../../bytes/damage-log.ts";
import { type Damage, DecodeError } from "../../bytes/decode-error.ts";
import { decodeText, startsWith } from "../../lib/ascii.ts";
import { LineScanner } from "../../lib/text-lines.ts";
import type { ProcessStatus } from "../../tables/process-facts.ts";

export interface ProcStatus {
  status: ProcessStatus;
  damage: Damage[];
}

/** A few dozen lines; the longest is a mask of the machine's CPUs. */
const MAX_LINES = 1000;
const MAX_LINE_BYTES = 4096;

const SIZES = {
  VmRSS: "vmRss",
  VmHWM: "vmHwm",
  RssAnon: "rssAnon",
  RssFile: "rssFile",
  RssShmem: "rssShmem",
  VmSize: "vmSize",
  VmSwap: "vmSwap",
  VmPTE: "vmPte",
} as const;

export function sniffProcStatus(head: Uint8Array): boolean {
  return startsWith(head, 0, head.length, "Name:\t");
}

/**
 * Decodes `/proc/PID/status`: `Label:<tab>value` lines (fs/proc/array.c, proc_pid_status). A kernel thread and a zombie
 * have no Vm lines.
 *
 * @throws DecodeError if it does not begin with `Name:` or has no `Pid:`.
 */
export function decodeProcStatus(bytes: Uint8Array): ProcStatus {
  const fields = new Map<string, string>();
  const damage = new DamageLog("proc-status");
  const lines = new LineScanner(bytes);
  for (let count = 0; count < MAX_LINES && lines.next(); count++) {
    if (!lines.isTerminated) {
      damage.add(lines.start, "the file ends in the middle of a line; that line was left out");
      break;
    }
    if (lines.end - lines.start > MAX_LINE_BYTES) continue;
    const line = decodeText(bytes, lines.start, lines.end);
    const colon = line.indexOf(":");
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const pid = readNumber(fields.get("Pid"));
  if (!sniffProcStatus(bytes) || pid === undefined) {
    throw new DecodeError("there is no Name and Pid", {
      format: "proc-status",
      offset: 0,
      hint: "Give /proc/PID/status as the kernel prints it.",
    });
  }
  const status: ProcessStatus = { name: fields.get("Name") ?? "", pid };
  const uid = readNumber(fields.get("Uid"));
  if (uid !== undefined) status.uid = uid;
  const threads = readNumber(fields.get("Threads"));
  if (threads !== undefined) status.threads = threads;
  for (const [label, field] of Object.entries(SIZES)) {
    const kilobytes = readNumber(fields.get(label));
    if (kilobytes !== undefined) status[field] = kilobytes * 1024;
  }
  const hugePages = readNumber(fields.get("THP_enabled"));
  if (hugePages !== undefined) status.hugePagesEnabled = hugePages === 1;
  return { status, damage: damage.finish() };
}

/** The first number of a value; a line may have a unit or further numbers. */
function readNumber(value: string | undefined): number | undefined {
  const digits = /^\d{1,15}(?![\d.])/.exec(value ?? "")?.[0];
  return digits === undefined ? undefined : Number(digits);
}
