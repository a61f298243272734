import { decodeText } from "../lib/ascii.ts";
import { LineScanner } from "../lib/text-lines.ts";

/** An executable mapping as the legacy profiles of C++ list them behind their records. */
export interface MappedFile {
  start: bigint;
  limit: bigint;
  offset: bigint;
  file: string;
  buildId: string;
}

const SENTINELS = ["--- Memory map: ---", "MAPPED_LIBRARIES:"];
/** Services map a few hundred files; each line costs a regular expression. */
const MAX_MAPPINGS = 65_536;
const MAX_LINE_BYTES = 16 * 1024;
/** A value may hold other variables: without bounds a few lines would double into gigabytes. */
const MAX_VARIABLES = 64;
const MAX_EXPANSIONS = 256;
const MAX_UINT64 = 2n ** 64n - 1n;
const LOG_PREFIX = /^[^[\]]+:[0-9]+]\s/;
const RANGE = "\\s*(?:0x)?([0-9a-fA-F]+)[\\s-]?\\s*(?:0x)?([0-9a-fA-F]+):?";
const PERMISSIONS = "(?:\\s+([-rwxp]+))?";
const WORD = "(?:\\s+(\\S+))?";
const HEX = "(?:\\s+([0-9a-fA-F]+))?";
/** `/proc/PID/maps`: range, permissions, offset, device, inode, file. */
const PROC_LINE = new RegExp(`^${RANGE}${PERMISSIONS}${HEX}\\s+[0-9a-fA-F]+:[0-9a-fA-F]+\\s+[0-9]+${WORD}`);
/** Range, file, `(@offset)`, build id. */
const BRIEF_LINE = new RegExp(`^${RANGE}${PERMISSIONS}${WORD}(?:\\s+\\(@([0-9a-fA-F]+)\\))?${HEX}`);

/** Where the memory map behind the records begins, or -1. */
export function findMemoryMap(bytes: Uint8Array): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = SENTINELS.map((sentinel) => text.indexOf(sentinel)).filter((at) => at >= 0);
  return found.length === 0 ? -1 : Math.min(...found);
}

/**
 * Reads executable mappings from the line behind `start` on (google/pprof, profile/legacy_profile.go,
 * ParseMemoryMapFromScanner). `name=value` lines set what `$name` is replaced by in later ones.
 */
export function readMemoryMap(bytes: Uint8Array, start: number): MappedFile[] {
  const lines = new LineScanner(bytes, start);
  lines.next();
  const found: MappedFile[] = [];
  const variables = new Map<string, string>();
  while (found.length < MAX_MAPPINGS && lines.next()) {
    let line = decodeText(bytes, lines.start, Math.min(lines.end, lines.start + MAX_LINE_BYTES));
    line = line.replace(LOG_PREFIX, "");
    line = expand(line, variables);
    const mapping = readMapping(line);
    if (mapping === "no mapping") {
      const equals = line.indexOf("=");
      const name = `$${line.slice(0, Math.max(0, equals)).trim()}`;
      if (equals >= 0 && variables.size < MAX_VARIABLES && !variables.has(name)) {
        variables.set(name, line.slice(equals + 1).trim());
      }
    } else if (mapping !== "not executable") found.push(mapping);
  }
  return found;
}

/** Go's strings.Replacer: one pass, at each place the variable that came first. */
function expand(line: string, variables: ReadonlyMap<string, string>): string {
  if (variables.size === 0 || !line.includes("$")) return line;
  let expanded = "";
  let left = MAX_EXPANSIONS;
  for (let at = 0; at < line.length && expanded.length < MAX_LINE_BYTES; ) {
    const dollar = left-- > 0 ? line.indexOf("$", at) : -1;
    expanded += line.slice(at, dollar < 0 ? line.length : dollar);
    if (dollar < 0) break;
    let name = "$";
    for (const each of variables.keys()) {
      if (!line.startsWith(each, dollar)) continue;
      name = each;
      break;
    }
    expanded += variables.get(name) ?? name;
    at = dollar + name.length;
  }
  return expanded.slice(0, MAX_LINE_BYTES);
}

function readMapping(line: string): MappedFile | "no mapping" | "not executable" {
  const proc = PROC_LINE.exec(line);
  const match = proc ?? BRIEF_LINE.exec(line);
  if (match === null) return "no mapping";
  const permissions = match[3];
  const offset = proc === null ? match[5] : match[4];
  const file = proc === null ? match[4] : match[5];
  if (permissions !== undefined && !permissions.includes("x")) return "not executable";
  const [startAddress, limit, fileOffset] = [match[1], match[2], offset].map((digits) =>
    BigInt(`0x${digits ?? 0}`),
  );
  if (startAddress! > MAX_UINT64 || limit! > MAX_UINT64 || fileOffset! > MAX_UINT64) return "no mapping";
  return {
    start: startAddress!,
    limit: limit!,
    offset: fileOffset!,
    file: file ?? "",
    buildId: proc === null ? (match[6] ?? "") : "",
  };
}
