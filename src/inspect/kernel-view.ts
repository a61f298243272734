import { type Evolution, findRise } from "../analysis/evolution.ts";
import type { FdGrowth } from "../analysis/fd-growth.ts";
import type { MappingClass } from "../analysis/mapping-class.ts";
import type { MappingGrowth } from "../analysis/mapping-growth.ts";
import type { ProcessGrowth } from "../analysis/process-growth.ts";
import type { RssTerm } from "../analysis/rss-account.ts";
import type { Statement } from "../findings/statement.ts";
import type { FdKind } from "../tables/fd-table.ts";
import type { CgroupMemory } from "../tables/process-facts.ts";
import { adviseOnProcess } from "./rss-advice.ts";

/** One figure that was followed over the window. */
interface Followed {
  growth: number;
  /** It rose beyond noise and chance, and still does. */
  growing: boolean;
  series: number[];
}

interface RssTermView extends RssTerm, Followed {}

export interface FdGroupView extends Followed {
  kind: FdKind;
  place: string;
  direction: "outgoing" | "accepted" | "listening" | null;
  count: number;
  states: { state: string; count: number }[];
}

export interface MappingGroupView extends Followed {
  class: MappingClass;
  /** File, or shape of anonymous mappings ("rw- 65536"); "" for the whole class. */
  part: string;
  count: number;
  sizeBytes: number;
  /** Null where only /proc/PID/maps could be read. */
  rssBytes: number | null;
}

/** What the cgroup is charged with beside the resident set of the process. */
export type CgroupPart =
  | "page-cache"
  | "other-processes"
  | "shared-memory"
  | "kernel"
  | "kernel-stacks"
  | "page-tables"
  | "slab"
  | "sockets";

interface CgroupView {
  version: 1 | 2;
  path: string;
  limitBytes: number | null;
  limitPath: string;
  usageBytes: number | null;
  workingSetBytes: number | null;
  beside: { part: CgroupPart; bytes: number }[];
  events: { high: number; max: number; oom: number; oomKill: number };
  pressure: number | null;
}

/** The process as the kernel sees it, at the end of the window and how it got there. */
export interface KernelView {
  pid: number | null;
  name: string | null;
  exe: string | null;
  threads: number | null;
  /** CPU seconds per second. */
  cpuShare: number | null;
  rss: {
    bytes: number;
    growthBytes: number;
    growing: boolean;
    detail: "mappings" | "totals";
    /** Since the first sample, for all series below. */
    seconds: number[];
    series: number[];
    terms: RssTermView[];
    residualBytes: number;
    /** Of every sample. */
    residualSeries: number[];
  } | null;
  fds: {
    open: number;
    limit: number | null;
    growth: number;
    growing: boolean;
    kinds: ({ kind: FdKind; count: number } & Followed)[];
    groups: FdGroupView[];
  } | null;
  mappings: { classes: MappingGroupView[]; parts: MappingGroupView[]; plugins: string[] } | null;
  cgroup: CgroupView | null;
  advice: Statement[];
}

/** How many rows of groups are kept: a report is read by people. */
const GROUPS_KEPT = 15;

export function viewProcess(process: ProcessGrowth): KernelView {
  return {
    pid: process.pid ?? null,
    name: process.name ?? null,
    exe: process.exe ?? null,
    threads: lastOf(process.threads) ?? null,
    cpuShare: process.cpuShare ?? null,
    rss: viewRss(process),
    fds: process.fds === undefined ? null : viewFds(process.fds, process.limits?.openFiles),
    mappings: process.mappings === undefined ? null : viewMappings(process.mappings),
    cgroup: process.cgroup === undefined ? null : viewCgroup(process.cgroup, process),
    advice: adviseOnProcess(process),
  };
}

function viewRss({ rss, account, terms, residual }: ProcessGrowth): KernelView["rss"] {
  if (rss === undefined || account === undefined) return null;
  return {
    bytes: account.rssBytes,
    growthBytes: findRise(rss),
    growing: rss.trend.shape === "growing",
    detail: account.detail,
    seconds: rss.seconds,
    series: rss.value,
    terms: account.terms.map((term) => {
      const bytes = terms.find(({ id }) => id === term.id)!.bytes;
      return { ...term, ...follow(bytes) };
    }),
    residualBytes: account.residualBytes,
    residualSeries: residual?.value ?? [],
  };
}

function viewFds(fds: FdGrowth, limit: number | undefined): KernelView["fds"] {
  return {
    open: lastOf(fds.total)!,
    limit: limit === undefined || !Number.isFinite(limit) ? null : limit,
    growth: findRise(fds.total),
    growing: fds.total.trend.shape === "growing",
    kinds: fds.kinds.map(({ kind, count }) => ({ kind, count: lastOf(count)!, ...follow(count) })),
    groups: fds.groups
      .filter(({ count }) => lastOf(count)! > 0 || findRise(count) !== 0)
      .slice(0, GROUPS_KEPT)
      .map(({ kind, place, direction, count, states }) => ({
        kind,
        place,
        direction: direction ?? null,
        count: lastOf(count)!,
        states,
        ...follow(count),
      })),
  };
}

function viewMappings({ classes, parts, plugins }: MappingGrowth): KernelView["mappings"] {
  const view = (group: MappingGrowth["classes"][number]): MappingGroupView => ({
    class: group.class,
    part: group.part,
    count: lastOf(group.count)!,
    sizeBytes: lastOf(group.sizeBytes)!,
    rssBytes: lastOf(group.rssBytes) ?? null,
    ...follow(group.rssBytes ?? group.sizeBytes),
  });
  return {
    classes: classes.map(view),
    parts: parts.slice(0, GROUPS_KEPT).map(view),
    plugins: plugins.paths,
  };
}

function viewCgroup(
  { last, usage, workingSet, events }: NonNullable<ProcessGrowth["cgroup"]>,
  { account }: ProcessGrowth,
): CgroupView {
  return {
    version: last.version,
    path: last.path,
    limitBytes: Number.isFinite(last.limit) ? last.limit : null,
    limitPath: last.limitPath,
    usageBytes: lastOf(usage) ?? null,
    workingSetBytes: lastOf(workingSet) ?? null,
    beside: listBeside(last, account?.rssBytes),
    events,
    pressure: last.pressureSome10 ?? null,
  };
}

/** Kinds of memory that the cgroup is charged with and the resident set does not hold; v1 tells the kernel's as one. */
function listBeside(memory: CgroupMemory, rssBytes: number | undefined): CgroupView["beside"] {
  const { file, shmem = 0, anon, kernel, kernelStack, pageTables, slab, sock } = memory;
  const parts: CgroupView["beside"] = [];
  const add = (part: CgroupPart, bytes: number | undefined) => {
    if (bytes !== undefined && bytes > 0) parts.push({ part, bytes });
  };
  add("page-cache", file === undefined ? undefined : file - shmem);
  add("shared-memory", shmem);
  if (anon !== undefined && rssBytes !== undefined) add("other-processes", anon - rssBytes);
  add("kernel-stacks", kernelStack);
  add("page-tables", pageTables);
  add("slab", slab);
  add("sockets", sock);
  const told = (kernelStack ?? 0) + (pageTables ?? 0) + (slab ?? 0);
  if (kernel !== undefined) add("kernel", kernel - told);
  return parts.sort((a, b) => b.bytes - a.bytes);
}

function follow(evolution: Evolution): Followed {
  return {
    growth: findRise(evolution),
    growing: evolution.trend.shape === "growing",
    series: evolution.value,
  };
}

function lastOf(evolution: Evolution | undefined): number | undefined {
  return evolution?.value.at(-1);
}
