import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { QueuedRecord, RecordQueue } from "./record-queue.ts";

/** A segment is deleted when all of it is delivered, so this is how far the disk lags behind. */
const SEGMENT_BYTES = 4 << 20;
const SEGMENT = /^(\d{10})\.spool$/;
const NEWLINE = 10;
const TAB = 9;

/**
 * A queue in files: numbered segments of lines `id TAB json`, and a cursor that says how far the first is delivered.
 * It survives the process, not the loss of power (a write is not flushed): the store has every record, the spool is its
 * way to another service. A line that was torn when the process died is cut off. In memory are only offsets.
 *
 * Throws what the file system throws if `dir` cannot be made or read.
 */
export function openSpoolQueue(dir: string, maxBytes: number): RecordQueue {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const cursorPath = join(dir, "cursor");
  const pathOf = (segment: number): string => join(dir, `${String(segment).padStart(10, "0")}.spool`);
  const segments = readdirSync(dir)
    .flatMap((name) => SEGMENT.exec(name)?.slice(1) ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  let [headSegment, headOffset] = readCursor(cursorPath);
  // Segments before the cursor were delivered; the process died before it removed them.
  while (segments.length > 0 && segments[0]! < headSegment) unlinkSync(pathOf(segments.shift()!));
  if (segments.length === 0 || segments[0]! > headSegment) {
    headSegment = segments[0] ?? Math.max(1, headSegment + 1);
    headOffset = 0;
  }
  if (segments.length === 0) segments.push(headSegment);

  let tail = openSync(pathOf(segments.at(-1)!), "a+", 0o600);
  cutTornLine(tail);
  let tailBytes = fstatSync(tail).size;
  let length = 0;
  let storedBytes = 0;
  for (const segment of segments) {
    const path = pathOf(segment);
    storedBytes += statSync(path).size;
    length += countLines(path, segment === headSegment ? headOffset : 0);
  }
  /** Of the records that were looked at last: how many bytes each takes, and in which segment it is. */
  let peeked: { segment: number; bytes: number }[] = [];

  const startSegment = (): void => {
    closeSync(tail);
    segments.push(segments.at(-1)! + 1);
    tail = openSync(pathOf(segments.at(-1)!), "a+", 0o600);
    tailBytes = 0;
  };

  return {
    get length() {
      return length;
    },
    get storedBytes() {
      return storedBytes;
    },
    push({ id, json }) {
      const line = Buffer.from(`${JSON.stringify(id)}\t${json}\n`);
      if (storedBytes + line.length > maxBytes) return false;
      if (tailBytes > 0 && tailBytes + line.length > SEGMENT_BYTES) startSegment();
      try {
        let written = 0;
        while (written < line.length) written += writeSync(tail, line, written);
      } catch (error) {
        // A full disk may have taken a part of it.
        ftruncateSync(tail, tailBytes);
        throw error;
      }
      tailBytes += line.length;
      storedBytes += line.length;
      length++;
      return true;
    },
    peek(maxRecords, maxBatchBytes) {
      const records: QueuedRecord[] = [];
      peeked = [];
      let bytes = 0;
      for (const segment of segments) {
        for (const line of readLines(pathOf(segment), segment === headSegment ? headOffset : 0)) {
          bytes += line.length;
          if (records.length === maxRecords || (records.length > 0 && bytes > maxBatchBytes)) return records;
          const tab = line.indexOf(TAB);
          records.push({
            id: JSON.parse(line.toString("utf8", 0, tab)) as string,
            json: line.toString("utf8", tab + 1, line.length - 1),
          });
          peeked.push({ segment, bytes: line.length });
        }
      }
      return records;
    },
    drop(count) {
      for (const { segment, bytes } of peeked.splice(0, count)) {
        if (segment !== headSegment) [headSegment, headOffset] = [segment, 0];
        headOffset += bytes;
        length--;
      }
      if (length === 0 && tailBytes > 0) {
        startSegment();
        [headSegment, headOffset] = [segments.at(-1)!, 0];
      }
      const temporary = `${cursorPath}.new`;
      writeFileSync(temporary, `${headSegment} ${headOffset}\n`, { mode: 0o600 });
      renameSync(temporary, cursorPath);
      while (segments[0]! < headSegment) {
        const path = pathOf(segments.shift()!);
        storedBytes -= statSync(path).size;
        unlinkSync(path);
      }
    },
    close: () => closeSync(tail),
  };
}

function readCursor(path: string): [segment: number, offset: number] {
  try {
    const [segment = Number.NaN, offset = Number.NaN] = readFileSync(path, "utf8")
      .trim()
      .split(" ")
      .map(Number);
    return Number.isSafeInteger(segment) && Number.isSafeInteger(offset) ? [segment, offset] : [0, 0];
  } catch {
    return [0, 0];
  }
}

function cutTornLine(file: number): void {
  const { size } = fstatSync(file);
  const chunk = Buffer.alloc(64 << 10);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - chunk.length);
    const read = readSync(file, chunk, 0, end - start, start);
    const newline = chunk.subarray(0, read).lastIndexOf(NEWLINE);
    end = newline < 0 ? start : start + newline + 1;
    if (newline >= 0 || end === 0) {
      ftruncateSync(file, end);
      return;
    }
  }
}

function countLines(path: string, offset: number): number {
  let lines = 0;
  for (const _ of readLines(path, offset)) lines++;
  return lines;
}

/** Whole lines with their newline; a segment is small enough to be read at once. */
function* readLines(path: string, offset: number): Generator<Buffer> {
  const file = openSync(path, "r");
  let content: Buffer;
  try {
    content = Buffer.alloc(Math.max(0, fstatSync(file).size - offset));
    let read = 0;
    while (read < content.length) {
      const count = readSync(file, content, read, content.length - read, offset + read);
      if (count === 0) break;
      read += count;
    }
  } finally {
    closeSync(file);
  }
  for (let at = 0; ; ) {
    const newline = content.indexOf(NEWLINE, at);
    if (newline < 0) return;
    yield content.subarray(at, newline + 1);
    at = newline + 1;
  }
}
