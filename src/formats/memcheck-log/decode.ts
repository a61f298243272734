import { DamageLog } from "../../bytes/damage-log.ts";
import type { Damage } from "../../bytes/decode-error.ts";
import { decodeText, findText } from "../../lib/ascii.ts";
import { LineScanner } from "../../lib/text-lines.ts";
import type { NativeFrame, NativeLeak, NativeLeakKind, NativeLeakReport } from "../../tables/native-leaks.ts";

/** Valgrind merges records by stack; more distinct ones than this are no leak report any more. */
const MAX_LEAKS = 20_000;
const MAX_PROCESSES = 64;
/** --num-callers is 500 at most. */
const MAX_FRAMES = 500;
const MAX_LINE_BYTES = 4096;

/** "==31631== text", with --time-stamp=yes "==00:00:00:00.950 31631== text", perhaps behind a log's own prefix. */
const VALGRIND_LINE = /==(?:[\d:.]+ )?(\d+)== ?(.*)$/;
/**
 * "3,100 (16 direct, 3,084 indirect) bytes in 1 blocks are definitely lost in loss record 6 of 7"
 * (memcheck/mc_leakcheck.c, pp_LossRecord and print_results).
 */
const LOSS_RECORD =
  /^([\d,]+)(?: \(([\d,]+) direct, [\d,]+ indirect\))? bytes in ([\d,]+) blocks are (definitely lost|indirectly lost|possibly lost|still reachable) in loss record/;
/** "by 0x4A1BB1: f (main.go:6)", "at 0x48417B4: malloc (in /usr/lib/x.so)", "by 0x1FFF0005C7: ???". */
const FRAME = /^ +(?:at|by) 0x[0-9A-Fa-f]+: (.*?)(?: \((in )?([^()]*?)(?::(\d+))?\))?$/;
const SUMMARY =
  /^ +(definitely lost|indirectly lost|possibly lost|still reachable): ([\d,]+) bytes in ([\d,]+) blocks/;

const KINDS: Record<string, NativeLeakKind> = {
  "definitely lost": "definitely",
  "indirectly lost": "indirectly",
  "possibly lost": "possibly",
  "still reachable": "reachable",
};

/** Whether bytes hold lines of valgrind's memcheck. */
export function sniffMemcheckLog(bytes: Uint8Array): boolean {
  if (findText(bytes, 0, bytes.length, "== ") < 0) return false;
  return (
    findText(bytes, 0, bytes.length, "== Memcheck, a memory error detector") >= 0 ||
    findText(bytes, 0, bytes.length, "== LEAK SUMMARY:") >= 0 ||
    findText(bytes, 0, bytes.length, "== HEAP SUMMARY:") >= 0
  );
}

/**
 * Reads the leak reports of valgrind's memcheck, one for each process. A report that breaks off keeps the records
 * before the break and has no totals.
 */
export function decodeMemcheckLog(bytes: Uint8Array): { reports: NativeLeakReport[]; damage: Damage[] } {
  const damage = new DamageLog("memcheck-log");
  const byPid = new Map<number, Reading>();
  const lines = new LineScanner(bytes);
  while (lines.next()) {
    if (findText(bytes, lines.start, Math.min(lines.end, lines.start + 512), "==") < 0) continue;
    const text = decodeText(bytes, lines.start, Math.min(lines.end, lines.start + MAX_LINE_BYTES));
    const line = VALGRIND_LINE.exec(text);
    if (line === null) continue;
    const pid = Number(line[1]);
    let reading = byPid.get(pid);
    if (reading === undefined) {
      if (byPid.size >= MAX_PROCESSES) continue;
      reading = new Reading();
      byPid.set(pid, reading);
    }
    reading.take(line[2]!);
  }
  const reports = Array.from(byPid, ([pid, reading]) => reading.finish(pid));
  for (const { pid, totals } of reports) {
    if (totals !== undefined) continue;
    damage.add(
      bytes.length,
      `the log ends before process ${pid} told the sum of its leaks; the records before that were kept`,
    );
  }
  return { reports, damage: damage.finish() };
}

class Reading {
  #command = "";
  #totals: NativeLeakReport["totals"];
  readonly #leaks: NativeLeak[] = [];
  #open: NativeLeak | undefined;

  take(text: string): void {
    if (this.#open !== undefined && this.#takeFrame(this.#open, text)) return;
    this.#open = undefined;
    const record = LOSS_RECORD.exec(text);
    if (record !== null) {
      const [, bytes, direct, blocks, kind] = record;
      if (this.#leaks.length >= MAX_LEAKS) return;
      this.#open = {
        kind: KINDS[kind!]!,
        bytes: toCount(bytes!),
        directBytes: toCount(direct ?? bytes!),
        blocks: toCount(blocks!),
        stack: [],
      };
      this.#leaks.push(this.#open);
      return;
    }
    if (text.startsWith("Command: ")) this.#command = text.slice("Command: ".length).trim();
    if (text === "LEAK SUMMARY:" || text.startsWith("All heap blocks were freed")) {
      const none = () => ({ bytes: 0, blocks: 0 });
      this.#totals = { definitely: none(), indirectly: none(), possibly: none(), reachable: none() };
    }
    const sum = SUMMARY.exec(text);
    if (sum !== null && this.#totals !== undefined) {
      this.#totals[KINDS[sum[1]!]!] = { bytes: toCount(sum[2]!), blocks: toCount(sum[3]!) };
    }
  }

  #takeFrame(leak: NativeLeak, text: string): boolean {
    const frame = FRAME.exec(text);
    if (frame === null) return false;
    const [, name, isObject, place, line] = frame;
    if (leak.stack.length < MAX_FRAMES)
      leak.stack.push(makeFrame(name!, isObject !== undefined, place ?? "", line));
    return true;
  }

  finish(pid: number): NativeLeakReport {
    return {
      pid,
      command: this.#command,
      totals: this.#totals,
      leaks: this.#leaks.sort((a, b) => b.bytes - a.bytes),
    };
  }
}

function makeFrame(name: string, isObject: boolean, place: string, line: string | undefined): NativeFrame {
  const known = name === "???" ? "" : name;
  if (isObject) return { function: known, file: "", line: 0, object: place };
  return { function: known, file: place, line: line === undefined ? 0 : Number(line), object: "" };
}

function toCount(digits: string): number {
  return Number(digits.replaceAll(",", ""));
}
