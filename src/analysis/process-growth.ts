import type { FdTable } from "../tables/fd-table.ts";
import {
  type CgroupMemory,
  type MachineFacts,
  type ProcessLimits,
  type ProcessStat,
  type ProcessStatus,
  TICKS_PER_SECOND,
} from "../tables/process-facts.ts";
import { computeEvolution, type Evolution } from "./evolution.ts";
import { computeFdGrowth, type FdGrowth } from "./fd-growth.ts";
import type { ClassifiedMappings } from "./mapping-class.ts";
import { computeMappingGrowth, type MappingGrowth } from "./mapping-growth.ts";
import { RSS_TERMS, type RssAccount, type RssTermId } from "./rss-account.ts";

/** What one sample says of the process from outside: /proc and the cgroup. */
export interface ProcessSample {
  seconds: number;
  status?: ProcessStatus | undefined;
  stat?: ProcessStat | undefined;
  limits?: ProcessLimits | undefined;
  mappings?: ClassifiedMappings | undefined;
  account?: RssAccount | undefined;
  fds?: FdTable | undefined;
  cgroup?: CgroupMemory | undefined;
  machine?: MachineFacts | undefined;
}

/** One term of the resident set over the window; bytes are signed, and 0 in a sample that does not have it. */
interface RssTermGrowth {
  id: RssTermId;
  bytes: Evolution;
  /** Of the last sample that has the term. */
  confidence: number;
}

/**
 * The process as the kernel sees it over the window. What could not be read is undefined, never 0: a pattern that
 * needs it stays silent.
 */
export interface ProcessGrowth {
  pid: number | undefined;
  /** The command's first 15 bytes. */
  name: string | undefined;
  exe: string | undefined;
  /** VmRSS in bytes. */
  rss: Evolution | undefined;
  /** In the order of RSS_TERMS. With all of them and the residual the resident set is complete. */
  terms: RssTermGrowth[];
  residual: Evolution | undefined;
  /** The last sample's resident set explained. */
  account: RssAccount | undefined;
  threads: Evolution | undefined;
  /** CPU seconds per second over the window. */
  cpuShare: number | undefined;
  /** Share of the time in which some task of the machine waited for a CPU; the highest of the samples. */
  cpuPressure: number | undefined;
  mappings: MappingGrowth | undefined;
  /** The runtime named its mappings: then "anonymous" is not Go's. */
  hasNamedMappings: boolean;
  fds: FdGrowth | undefined;
  limits: ProcessLimits | undefined;
  cgroup: CgroupGrowth | undefined;
  machine: MachineFacts | undefined;
}

interface CgroupGrowth {
  last: CgroupMemory;
  /** What the cgroup is charged with, and that without page cache that is not in use, which kubelet goes by. */
  usage: Evolution | undefined;
  workingSet: Evolution | undefined;
  /** Rise of the counters of memory.events in the window. */
  events: { high: number; max: number; oom: number; oomKill: number };
}

/** Rises of the resident set that pages of a request or a profile explain. */
const RSS_NOISE_BYTES = 1024 * 1024;
const TERM_NOISE_BYTES = 512 * 1024;
const THREAD_NOISE = 3;

/** Undefined if no sample saw the process from outside. */
export function computeProcessGrowth(samples: readonly ProcessSample[]): ProcessGrowth | undefined {
  const last = samples.findLast(hasFacts);
  if (last === undefined) return undefined;
  const find = <T>(pick: (sample: ProcessSample) => T | undefined): T | undefined => {
    for (let n = samples.length - 1; n >= 0; n--) {
      const found = pick(samples[n]!);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const accounted = samples.filter((sample) => sample.account !== undefined);
  return {
    pid: find((s) => s.status?.pid ?? s.stat?.pid),
    name: find((s) => s.status?.name ?? s.stat?.name),
    exe: find((s) => s.machine?.exe),
    rss: computeEvolution(samples, (s) => s.status?.vmRss ?? s.account?.rssBytes, { noise: RSS_NOISE_BYTES }),
    terms: RSS_TERMS.flatMap((id) => {
      const term = find((s) => s.account?.terms.find((known) => known.id === id));
      const bytes = computeEvolution(
        accounted,
        (s) => s.account!.terms.find((known) => known.id === id)?.bytes ?? 0,
        { noise: TERM_NOISE_BYTES },
      );
      return term === undefined || bytes === undefined ? [] : [{ id, bytes, confidence: term.confidence }];
    }),
    residual: computeEvolution(accounted, (s) => s.account!.residualBytes, { noise: TERM_NOISE_BYTES }),
    account: find((s) => s.account),
    threads: computeEvolution(samples, (s) => s.status?.threads ?? s.stat?.threads, { noise: THREAD_NOISE }),
    cpuShare: computeCpuShare(samples),
    cpuPressure: findHighest(samples.flatMap(({ machine }) => machine?.cpuPressureSome10 ?? [])),
    mappings: computeMappingGrowth(
      samples.flatMap(({ seconds, mappings }) => (mappings === undefined ? [] : [{ seconds, mappings }])),
    ),
    hasNamedMappings: samples.some(({ mappings }) => mappings?.named === true),
    fds: computeFdGrowth(
      samples.flatMap(({ seconds, fds }) => (fds === undefined ? [] : [{ seconds, fds }])),
    ),
    limits: find((s) => s.limits),
    cgroup: computeCgroupGrowth(samples),
    machine: find((s) => s.machine),
  };
}

function findHighest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

function hasFacts({ status, stat, mappings, fds, cgroup }: ProcessSample): boolean {
  return [status, stat, mappings, fds, cgroup].some((fact) => fact !== undefined);
}

function computeCpuShare(samples: readonly ProcessSample[]): number | undefined {
  const known = samples.filter(({ stat }) => stat !== undefined);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined || last.seconds <= first.seconds) return undefined;
  const ticks = ({ stat }: ProcessSample) => stat!.userTicks + stat!.systemTicks;
  return (ticks(last) - ticks(first)) / TICKS_PER_SECOND / (last.seconds - first.seconds);
}

function computeCgroupGrowth(samples: readonly ProcessSample[]): CgroupGrowth | undefined {
  const known = samples.filter(({ cgroup }) => cgroup !== undefined);
  const [first, last] = [known[0]?.cgroup, known.at(-1)?.cgroup];
  if (first === undefined || last === undefined) return undefined;
  const rise = (name: keyof NonNullable<CgroupMemory["events"]>) =>
    Math.max(0, (last.events?.[name] ?? 0) - (first.events?.[name] ?? 0));
  const noise = { noise: RSS_NOISE_BYTES };
  return {
    last,
    usage: computeEvolution(known, (s) => s.cgroup!.current, noise),
    workingSet: computeEvolution(known, (s) => computeWorkingSet(s.cgroup!), noise),
    events: { high: rise("high"), max: rise("max"), oom: rise("oom"), oomKill: rise("oomKill") },
  };
}

/** Usage without inactive page cache, never below 0: what kubelet evicts by and cAdvisor exports. */
function computeWorkingSet({ current, inactiveFile }: CgroupMemory): number | undefined {
  return current === undefined ? undefined : Math.max(0, current - (inactiveFile ?? 0));
}
