/** What `/proc/PID/status` says, sizes in bytes. What a kernel does not print is absent. */
export interface ProcessStatus {
  /** The command's first 15 bytes. */
  name: string;
  pid: number;
  /** Real user id. */
  uid?: number;
  threads?: number;
  vmRss?: number;
  /** Peak of the resident set. */
  vmHwm?: number;
  rssAnon?: number;
  rssFile?: number;
  rssShmem?: number;
  vmSize?: number;
  vmSwap?: number;
  /** Page tables: outside the resident set, but counted by the cgroup. */
  vmPte?: number;
  /** False for a process that has switched transparent huge pages off. */
  hugePagesEnabled?: boolean;
}

/** What `/proc/PID/stat` says. Times are in clock ticks, of which Linux has 100 a second on every platform of Go's. */
export interface ProcessStat {
  pid: number;
  name: string;
  /** "R", "S", "D", "Z", "T" … */
  state: string;
  userTicks: number;
  systemTicks: number;
  threads: number;
  /** Since the machine booted: with the pid it identifies the process. */
  startTicks: number;
  minorFaults: number;
  majorFaults: number;
}

export const TICKS_PER_SECOND = 100;

/** Soft limits of `/proc/PID/limits`; Infinity for "unlimited". */
export interface ProcessLimits {
  openFiles?: number;
  addressSpaceBytes?: number;
  dataBytes?: number;
  stackBytes?: number;
  lockedBytes?: number;
  processes?: number;
}

/** What the memory controller of a cgroup says, version 1 and 2 alike, in bytes. */
export interface CgroupMemory {
  version: 1 | 2;
  /** The cgroup's directory as the capturing machine sees it. */
  path: string;
  /** The smallest limit of the cgroup and those above it, Infinity if none has one; `limitPath` is whose it is. */
  limit: number;
  limitPath: string;
  /** memory.high, v2 only; Infinity for "max". */
  high?: number;
  current?: number;
  peak?: number;
  swapCurrent?: number;
  /** memory.stat, v2 names; v1's total_rss, total_cache … are given the v2 names they correspond to. */
  anon?: number;
  file?: number;
  shmem?: number;
  kernel?: number;
  kernelStack?: number;
  pageTables?: number;
  slab?: number;
  sock?: number;
  activeFile?: number;
  inactiveFile?: number;
  anonThp?: number;
  /** memory.events since the cgroup was made. */
  events?: { high?: number; max?: number; oom?: number; oomKill?: number };
  /** memory.pressure: share of the last 10 s in which some task waited for memory, 0 to 1. */
  pressureSome10?: number;
}

/** `/sys/kernel/mm/transparent_hugepage/`: the chosen words, and how empty khugepaged lets a huge page be. */
export interface HugePageSettings {
  enabled?: string;
  defrag?: string;
  /** Of 512 pages: 511 lets khugepaged fill a huge page of which one small page is used. */
  maxPtesNone?: number;
}

/** What else the small files around a process say. */
export interface MachineFacts {
  hugePages?: HugePageSettings;
  /** Seconds since the machine booted. */
  uptimeSeconds?: number;
  /** /proc/pressure/cpu: share of the last 10 s in which some task of the machine waited for a CPU, 0 to 1. */
  cpuPressureSome10?: number;
  /** Memory of the machine in bytes. */
  memoryBytes?: number;
  /** Path of the process's executable, as the link /proc/PID/exe gives it. */
  exe?: string;
}
