import type { CgroupMemory } from "../../tables/process-facts.ts";
import type { FileSection } from "./decode.ts";

/** v1 prints the largest page count times the page size for "no limit": 2^63 less a page. */
const NO_LIMIT_BYTES = 2 ** 60;

/** v2 name in memory.stat → the field, and below it v1's names, of which only the totals include children. */
const STAT_V2 = {
  anon: "anon",
  file: "file",
  shmem: "shmem",
  kernel: "kernel",
  kernel_stack: "kernelStack",
  pagetables: "pageTables",
  slab: "slab",
  sock: "sock",
  active_file: "activeFile",
  inactive_file: "inactiveFile",
  anon_thp: "anonThp",
} as const;
const STAT_V1 = {
  total_rss: "anon",
  total_cache: "file",
  total_shmem: "shmem",
  total_active_file: "activeFile",
  total_inactive_file: "inactiveFile",
  total_rss_huge: "anonThp",
} as const;

/**
 * The memory controller of a process from the files of its cgroup and of those above it: v2's memory.max,
 * memory.current, memory.stat … (Documentation/admin-guide/cgroup-v2.rst) or v1's memory.limit_in_bytes … . The cgroup
 * whose usage is given is the process's own; of those above only the limit is needed, since the smallest counts.
 */
export function findCgroupMemory(sections: readonly FileSection[]): CgroupMemory | undefined {
  const own = sections.find(({ path }) => /\/memory\.(current|usage_in_bytes|stat)$/.test(path));
  const limits = sections.flatMap(({ path, text }) => {
    const name = baseName(path);
    if (name !== "memory.max" && name !== "memory.limit_in_bytes") return [];
    const limit = readLimit(text);
    return limit === undefined
      ? []
      : [{ limit, path: directory(path), version: name === "memory.max" ? 2 : 1 }];
  });
  if (own === undefined && limits.length === 0) return undefined;
  const path = own === undefined ? limits[0]!.path : directory(own.path);
  const smallest = limits.reduce(
    (a, b) => (b.limit < a.limit ? b : a),
    limits[0] ?? { limit: Number.POSITIVE_INFINITY, path },
  );
  const isV1 = sections.some((s) => directory(s.path) === path && /_in_bytes$/.test(s.path));
  const memory: CgroupMemory = {
    version: isV1 ? 1 : 2,
    path,
    limit: smallest.limit,
    limitPath: smallest.path,
  };
  for (const section of sections) {
    if (directory(section.path) === path) readFile(baseName(section.path), section.text, memory);
  }
  return memory;
}

function readFile(name: string, text: string, memory: CgroupMemory): void {
  const number = readLimit(text);
  switch (name) {
    case "memory.current":
    case "memory.usage_in_bytes":
      if (number !== undefined) memory.current = number;
      break;
    case "memory.peak":
    case "memory.max_usage_in_bytes":
      if (number !== undefined) memory.peak = number;
      break;
    case "memory.high":
      if (number !== undefined) memory.high = number;
      break;
    case "memory.swap.current":
      if (number !== undefined) memory.swapCurrent = number;
      break;
    case "memory.kmem.usage_in_bytes":
      if (number !== undefined) memory.kernel = number;
      break;
    case "memory.stat":
      readStat(text, memory);
      break;
    case "memory.events":
      memory.events = readEvents(text);
      break;
    case "memory.pressure": {
      const percent = /^some avg10=(\d{1,3}(?:\.\d+)?)/m.exec(text)?.[1];
      if (percent !== undefined) memory.pressureSome10 = Number(percent) / 100;
      break;
    }
    default:
      break;
  }
}

function readStat(text: string, memory: CgroupMemory): void {
  const values = readPairs(text);
  const names = memory.version === 1 ? STAT_V1 : STAT_V2;
  for (const [name, field] of Object.entries(names)) {
    const value = values.get(name);
    if (value !== undefined) memory[field] = value;
  }
  // v1 knows by itself what the smallest limit above is.
  const hierarchical = values.get("hierarchical_memory_limit");
  if (
    memory.version === 1 &&
    hierarchical !== undefined &&
    hierarchical < Math.min(memory.limit, NO_LIMIT_BYTES)
  ) {
    memory.limit = hierarchical;
  }
}

function readEvents(text: string): NonNullable<CgroupMemory["events"]> {
  const values = readPairs(text);
  const events: NonNullable<CgroupMemory["events"]> = {};
  for (const [name, field] of [
    ["high", "high"],
    ["max", "max"],
    ["oom", "oom"],
    ["oom_kill", "oomKill"],
  ] as const) {
    const value = values.get(name);
    if (value !== undefined) events[field] = value;
  }
  return events;
}

function readPairs(text: string): Map<string, number> {
  const pairs = new Map<string, number>();
  for (const [, name, value] of text.matchAll(/^(\w{1,64}) (\d{1,20})$/gm)) pairs.set(name!, Number(value));
  return pairs;
}

/** A number of bytes, Infinity for "max" and for what stands for it in v1; undefined if it is neither. */
function readLimit(text: string): number | undefined {
  const word = text.trim();
  if (word === "max") return Number.POSITIVE_INFINITY;
  if (!/^\d{1,20}$/.test(word)) return undefined;
  const bytes = Number(word);
  return bytes >= NO_LIMIT_BYTES ? Number.POSITIVE_INFINITY : bytes;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function directory(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}
