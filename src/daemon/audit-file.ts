import {
  appendFileSync,
  closeSync,
  createReadStream,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { type AuditFacts, chainEntry, findBrokenLinks } from "../patrol/audit-chain.ts";
import type { AuditEntry } from "../patrol/audit-entry.ts";

/** An audit log as lines of JSON, beside the store's: a file that can be shipped elsewhere while it is written. */
export interface AuditFile {
  /** Bytes of an entry that a kill had cut short, taken out and kept in `<path>.torn`; nobody was told that it was written. */
  readonly tornBytes: number;
  /** Appends with the next sequence and the chained hash, on disk when it returns. Throws what the file system throws. */
  append(facts: AuditFacts): AuditEntry;
  close(): void;
}

/** An entry is some hundred bytes; the last one is looked for in this much of the end. */
const TAIL_BYTES = 256 << 10;

/**
 * Opens for appending and goes on with the chain of what is there. An entry without its line end was cut short by a
 * kill and is put aside. Throws AuditFileError if the end cannot be read: a chain that begins anew in the middle would
 * hide what was before.
 */
export function openAuditFile(path: string): AuditFile {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "a+", 0o600);
  let previous: AuditEntry | null;
  let tornBytes: number;
  try {
    tornBytes = putTornEndAside(file, path);
    previous = readLastEntry(file, path);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return {
    tornBytes,
    append(facts) {
      const entry = chainEntry(previous, facts);
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      let written = 0;
      while (written < line.length) written += writeSync(file, line, written);
      fsyncSync(file);
      previous = entry;
      return entry;
    },
    close: () => closeSync(file),
  };
}

/** Thrown when an audit file cannot be continued. */
export class AuditFileError extends Error {
  override readonly name = "AuditFileError";
}

function readTail(file: number): Buffer {
  const { size } = fstatSync(file);
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  readSync(file, tail, 0, tail.length, size - tail.length);
  return tail;
}

function putTornEndAside(file: number, path: string): number {
  const tail = readTail(file);
  const { size } = fstatSync(file);
  const lineEnd = tail.lastIndexOf("\n");
  const torn = tail.subarray(lineEnd + 1);
  // Nothing but an entry's beginning: else it is some other file, or longer than any entry.
  if (torn.length === 0 || (lineEnd < 0 && tail.length < size) || torn[0] !== 0x7b) return 0;
  appendFileSync(`${path}.torn`, Buffer.concat([torn, Buffer.from("\n")]), { mode: 0o600 });
  ftruncateSync(file, size - torn.length);
  fsyncSync(file);
  return torn.length;
}

function readLastEntry(file: number, path: string): AuditEntry | null {
  const text = readTail(file).toString("utf8");
  if (text === "") return null;
  try {
    if (!text.endsWith("\n")) throw new Error("the last line has no end");
    return JSON.parse(text.slice(text.lastIndexOf("\n", text.length - 2) + 1)) as AuditEntry;
  } catch (cause) {
    throw new AuditFileError(
      `the audit file ${path} ends in what is no entry; keep it aside (mv) for who looks into it, and start again`,
      { cause },
    );
  }
}

/** How many entries are looked at as one; the last of them begins the next piece. */
const PIECE = 10_000;

/** Reads all of it and returns one sentence for each broken link, missing or changed entry; at most 100. */
export async function verifyAuditFile(path: string): Promise<{ entries: number; problems: string[] }> {
  const problems: string[] = [];
  let entries = 0;
  let lineNumber = 0;
  let piece: AuditEntry[] = [];
  const judge = (): void => {
    // The first of a piece was judged as the last of the one before.
    problems.push(...findBrokenLinks(piece).filter((problem) => !problems.includes(problem)));
    piece = piece.slice(-1);
  };
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    lineNumber++;
    let entry: AuditEntry;
    try {
      entry = JSON.parse(line) as AuditEntry;
    } catch {
      problems.push(`Line ${lineNumber} of the audit file is no entry.`);
      continue;
    }
    if (entries === 0 && entry.sequence !== 1)
      problems.push(`The audit file begins with entry ${entry.sequence}.`);
    entries++;
    piece.push(entry);
    if (piece.length >= PIECE) judge();
    if (problems.length >= 100) break;
  }
  judge();
  return { entries, problems: problems.slice(0, 100) };
}
