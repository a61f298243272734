import { DamageLog } from "../../bytes/damage-log.ts";
import { type Damage, DecodeError } from "../../bytes/decode-error.ts";
import {
  COLON,
  decodeText,
  endsWith,
  findText,
  parseDigits,
  skipBlanks,
  skipDigits,
} from "../../lib/ascii.ts";
import { LineScanner } from "../../lib/text-lines.ts";
import {
  type MAPPING_SIZES,
  type MappingTable,
  type MappingTotals,
  VM_FLAG_WORDS,
  vmFlag,
} from "../../tables/mapping-table.ts";
import { readMappingLine } from "./mapping-line.ts";
import { MappingRows } from "./mapping-rows.ts";

export interface ProcMaps {
  mappings: MappingTable;
  /** Of smaps_rollup, which has no mappings: the sums over all of them. */
  totals: MappingTotals | undefined;
  damage: Damage[];
}

/** vm.max_map_count is 65,530 by default; databases that mmap raise it to 262,144 or a few millions. */
const MAX_MAPPINGS = 4_000_000;
/** PATH_MAX is 4096, and the kernel writes some bytes of a name as four. */
const MAX_NAME_BYTES = 4 * 4096;

type Size = (typeof MAPPING_SIZES)[number];
/** Labels of smaps that are kept, in kB as printed (fs/proc/task_mmu.c, __show_smap). */
const SIZE_BY_LABEL: ReadonlyMap<string, Size> = new Map([
  ["Rss", "rss"],
  ["Pss", "pss"],
  ["Private_Dirty", "privateDirty"],
  ["Shared_Dirty", "sharedDirty"],
  ["Anonymous", "anonymous"],
  ["AnonHugePages", "anonHugePages"],
  ["LazyFree", "lazyFree"],
  ["Swap", "swap"],
]);
const ROLLUP = "[rollup]";

export function sniffProcMaps(head: Uint8Array): boolean {
  const lines = new LineScanner(head);
  return lines.next() && readMappingLine(head, lines.start, lines.end) !== undefined;
}

/**
 * Decodes `/proc/PID/maps`, `smaps` or `smaps_rollup`: all begin with the same line for each mapping, which smaps
 * follows with `Label: N kB` lines and `VmFlags: rd wr …`. Labels of other kernels are passed over.
 *
 * @throws DecodeError if the first line is no mapping.
 */
export function decodeProcMaps(bytes: Uint8Array): ProcMaps {
  if (!sniffProcMaps(bytes)) {
    throw new DecodeError("the first line is no mapping", {
      format: "proc-maps",
      offset: 0,
      hint: "Give /proc/PID/smaps, maps or smaps_rollup as the kernel prints it.",
    });
  }
  const rows = new MappingRows();
  const damage = new DamageLog("proc-maps");
  const lines = new LineScanner(bytes);
  let hasSizes = false;
  let isRollup = false;
  while (lines.next()) {
    const { start, end } = lines;
    if (!lines.isTerminated) {
      damage.add(start, "the file ends in the middle of a line; that line was left out");
      break;
    }
    if (start === end) continue;
    const label = readLabel(bytes, start, end);
    if (label !== undefined) {
      const size = SIZE_BY_LABEL.get(label);
      if (size !== undefined) {
        rows.setSize(size, readKilobytes(bytes, start + label.length + 1, end));
        hasSizes = true;
      } else if (label === "VmFlags") {
        rows.setFlags(readFlags(bytes, start + label.length + 1, end));
      }
      continue;
    }
    const mapping = readMappingLine(bytes, start, end);
    if (mapping === undefined) {
      damage.add(start, "a line that is neither a mapping nor one of its figures was left out");
      continue;
    }
    if (rows.length === MAX_MAPPINGS) {
      damage.add(start, `the mappings after the first ${MAX_MAPPINGS} were left out`);
      break;
    }
    const nameEnd = Math.min(end, mapping.nameStart + MAX_NAME_BYTES);
    if (endsWith(bytes, mapping.nameStart, nameEnd, ROLLUP)) isRollup = true;
    rows.add(mapping, decodeText(bytes, mapping.nameStart, nameEnd));
  }
  const mappings = rows.build(hasSizes);
  if (!isRollup) return { mappings, totals: undefined, damage: damage.finish() };
  return { mappings: new MappingRows().build(false), totals: sumUp(mappings), damage: damage.finish() };
}

/** "Private_Dirty" of "Private_Dirty:   12 kB", or undefined: a mapping's line has its first colon in the device. */
function readLabel(bytes: Uint8Array, start: number, end: number): string | undefined {
  const first = bytes[start]!;
  if (first < 0x41 || first > 0x5a) return undefined;
  // Within the line and no further: a file without colons would be searched to its end for each of its lines.
  const limit = Math.min(end, start + MAX_LABEL_BYTES + 1);
  let colon = start;
  while (colon < limit && bytes[colon] !== COLON) colon++;
  return colon < limit ? decodeText(bytes, start, colon) : undefined;
}

const MAX_LABEL_BYTES = 40;

function readKilobytes(bytes: Uint8Array, at: number, end: number): number {
  const digits = skipBlanks(bytes, at, end);
  const kilobytes = parseDigits(bytes, digits, skipDigits(bytes, digits, Math.min(end, digits + 16)));
  return Number.isNaN(kilobytes) ? 0 : kilobytes * 1024;
}

function readFlags(bytes: Uint8Array, at: number, end: number): number {
  let flags = 0;
  for (const word of VM_FLAG_WORDS) {
    if (findText(bytes, at, end, ` ${word}`) >= 0) flags |= vmFlag(word);
  }
  return flags;
}

function sumUp(table: MappingTable): MappingTotals {
  const sum = (column: Float64Array) => column.reduce((total, bytes) => total + bytes, 0);
  return {
    rss: sum(table.rss),
    pss: sum(table.pss),
    privateDirty: sum(table.privateDirty),
    anonymous: sum(table.anonymous),
    anonHugePages: sum(table.anonHugePages),
    lazyFree: sum(table.lazyFree),
    swap: sum(table.swap),
  };
}
