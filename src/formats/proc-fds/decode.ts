import { DamageLog } from "../../bytes/damage-log.ts";
import { type Damage, DecodeError } from "../../bytes/decode-error.ts";
import { decodeText, startsWith } from "../../lib/ascii.ts";
import { Uint8Rows, Uint32Rows } from "../../lib/growable-columns.ts";
import { LineScanner } from "../../lib/text-lines.ts";
import { FD_KINDS, type FdTable } from "../../tables/fd-table.ts";
import { classifyFd } from "./fd-kind.ts";

export interface ProcFds {
  fds: FdTable;
  damage: Damage[];
}

const MAX_FDS = 4_000_000;
const MAX_LINE_BYTES = 4 * 4096;
const HEADING = "# gopatrol fds 1: ";
const LISTING = "total 0\nl";

export function sniffProcFds(head: Uint8Array): boolean {
  return startsWith(head, 0, head.length, HEADING) || startsWith(head, 0, head.length, LISTING);
}

/**
 * Decodes a list of file descriptors: ours (docs/formats/proc-fds.md), with what the kernel knows of each socket, or
 * that of `ls -l /proc/PID/fd`, where sockets are numbers only.
 *
 * @throws DecodeError if it is neither.
 */
export function decodeProcFds(bytes: Uint8Array): ProcFds {
  if (!sniffProcFds(bytes)) {
    throw new DecodeError("it is no list of file descriptors", {
      format: "proc-fds",
      offset: 0,
      hint: "Give the list of gopatrol capture, or the output of ls -l /proc/PID/fd.",
    });
  }
  const damage = new DamageLog("proc-fds");
  const rows = new FdRows();
  const lines = new LineScanner(bytes);
  lines.next();
  const heading = decodeText(bytes, 0, Math.min(lines.end, MAX_LINE_BYTES));
  const isOurs = heading.startsWith(HEADING);
  while (lines.next()) {
    if (!lines.isTerminated) {
      damage.add(lines.start, "the list ends in the middle of a line; that line was left out");
      break;
    }
    if (lines.end === lines.start) continue;
    const line = decodeText(bytes, lines.start, Math.min(lines.end, lines.start + MAX_LINE_BYTES));
    const fields = isOurs ? readRow(line) : readListedRow(line);
    if (fields === undefined) damage.add(lines.start, "a line that is no file descriptor was left out");
    else if (rows.length === MAX_FDS) {
      damage.add(lines.start, `the descriptors after the first ${MAX_FDS} were left out`);
      break;
    } else rows.add(fields);
  }
  const total = Number(/ of (\d{1,15}) open/.exec(heading)?.[1] ?? rows.length);
  return { fds: rows.build(Math.max(total, rows.length)), damage: damage.finish() };
}

interface FdFields {
  fd: number;
  target: string;
  protocol: string;
  state: string;
  local: string;
  remote: string;
}

/** `fd TAB target`, of sockets followed by `TAB protocol TAB state TAB local TAB remote`. */
function readRow(line: string): FdFields | undefined {
  const [fd, target, protocol = "", state = "", local = "", remote = ""] = line.split("\t");
  if (fd === undefined || !/^\d{1,9}$/.test(fd) || target === undefined) return undefined;
  return {
    fd: Number(fd),
    target: unescapePath(target),
    protocol,
    state,
    local: unescapePath(local),
    remote: unescapePath(remote),
  };
}

function readListedRow(line: string): FdFields | undefined {
  const match = /^l[-rwx]{9}.*? (\d{1,9}) -> (.*)$/.exec(line);
  if (match === null) return undefined;
  return { fd: Number(match[1]), target: match[2]!, protocol: "", state: "", local: "", remote: "" };
}

/** Tabs, line breaks and backslashes of a path are written as the kernel does in maps: "\011". */
function unescapePath(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8) & 0xff),
  );
}

class FdRows {
  readonly #texts: string[] = [""];
  readonly #textIndex = new Map<string, number>([["", 0]]);
  readonly #fd = new Uint32Rows();
  readonly #kind = new Uint8Rows();
  readonly #target = new Uint32Rows();
  readonly #state = new Uint32Rows();
  readonly #local = new Uint32Rows();
  readonly #remote = new Uint32Rows();

  get length(): number {
    return this.#fd.length;
  }

  add({ fd, target, protocol, state, local, remote }: FdFields): void {
    this.#fd.push(fd);
    this.#kind.push(FD_KINDS.indexOf(classifyFd(target, protocol)));
    this.#target.push(this.#intern(target));
    this.#state.push(this.#intern(state));
    this.#local.push(this.#intern(local));
    this.#remote.push(this.#intern(remote));
  }

  build(total: number): FdTable {
    return {
      length: this.length,
      total,
      texts: this.#texts,
      fd: this.#fd.toColumn(),
      kind: this.#kind.toColumn(),
      target: this.#target.toColumn(),
      state: this.#state.toColumn(),
      local: this.#local.toColumn(),
      remote: this.#remote.toColumn(),
    };
  }

  #intern(text: string): number {
    let index = this.#textIndex.get(text);
    if (index === undefined) {
      index = this.#texts.length;
      this.#texts.push(text);
      this.#textIndex.set(text, index);
    }
    return index;
  }
}
