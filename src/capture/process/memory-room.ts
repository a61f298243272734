import { readFileSync } from "node:fs";
import { findMemoryCgroup } from "./system-files.ts";

/** How much more memory we may take. */
export interface MemoryRoom {
  bytes: number;
  /** Directory of the cgroup that allows no more; undefined if it is the machine that has no more. */
  cgroup: string | undefined;
}

/** "max", or a number near 2^63, is no limit. */
const NO_LIMIT_BYTES = 2 ** 60;

/**
 * What is left for this process: of the machine, and within its memory cgroup and those above it, page cache that can be
 * dropped not counted as used. A sidecar or an ephemeral container shares its pod's limit, and what goes beyond it has a
 * process of the pod killed. Undefined if the kernel does not tell.
 */
export function findMemoryRoom(): MemoryRoom | undefined {
  const available = /^MemAvailable: +(\d+) kB$/m.exec(read("/proc/meminfo"))?.[1];
  let room: MemoryRoom | undefined =
    available === undefined ? undefined : { bytes: Number(available) * 1024, cgroup: undefined };
  const cgroup = findMemoryCgroup(read("/proc/self/cgroup"), read("/proc/self/mountinfo"));
  if (cgroup === undefined) return room;
  for (const directory of cgroup.directories) {
    const bytes = roomOf(directory, cgroup.version);
    if (bytes !== undefined && (room === undefined || bytes < room.bytes))
      room = { bytes, cgroup: directory };
  }
  return room;
}

/** Of one cgroup; undefined if it has no limit. */
function roomOf(directory: string, version: 1 | 2): number | undefined {
  const [limitFile, usageFile, cache] =
    version === 2
      ? ["memory.max", "memory.current", /^inactive_file (\d+)$/m]
      : ["memory.limit_in_bytes", "memory.usage_in_bytes", /^total_inactive_file (\d+)$/m];
  const limit = Number(read(`${directory}/${limitFile}`).trim() || Number.NaN);
  const usage = Number(read(`${directory}/${usageFile}`).trim() || Number.NaN);
  if (!(limit < NO_LIMIT_BYTES) || Number.isNaN(usage)) return undefined;
  const droppable = Number(cache.exec(read(`${directory}/memory.stat`))?.[1] ?? 0);
  return Math.max(0, limit - usage + droppable);
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
