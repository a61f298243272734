import {
  closeSync,
  createReadStream,
  fstatSync,
  fsyncSync,
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
  /** Appends with the next sequence and the chained hash, on disk when it returns. Throws what the file system throws. */
  append(facts: AuditFacts): AuditEntry;
  close(): void;
}

/** An entry is some hundred bytes; the last one is looked for in this much of the end. */
const TAIL_BYTES = 256 << 10;

/**
 * Opens for appending and goes on with the chain of what is there. Throws AuditFileError if the end cannot be read: a
 * chain that begins anew in the middle would hide what was before.
 */
export function openAuditFile(path: string): AuditFile {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "a+", 0o600);
  let previous: AuditEntry | null;
  try {
    previous = readLastEntry(file, path);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return {
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

function readLastEntry(file: number, path: string): AuditEntry | null {
  const { size } = fstatSync(file);
  if (size === 0) return null;
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  readSync(file, tail, 0, tail.length, size - tail.length);
  const text = tail.toString("utf8");
  try {
    if (!text.endsWith("\n")) throw new Error("the last line is torn");
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
