import { readdir } from "node:fs/promises";
import { DecodeError } from "../bytes/decode-error.ts";
import { CaptureError } from "../capture/capture-error.ts";
import { findListener, isLoopbackHost } from "../capture/process/find-process.ts";
import { readProcFile } from "../capture/process/proc-file.ts";
import { readSystemFiles } from "../capture/process/system-files.ts";
import { decodeProcLimits } from "../formats/proc-limits/decode.ts";
import { findCgroupMemory } from "../formats/proc-sections/cgroup-memory.ts";
import { decodeProcSections } from "../formats/proc-sections/decode.ts";
import { findMachineFacts } from "../formats/proc-sections/machine-facts.ts";
import { decodeProcStat } from "../formats/proc-stat/decode.ts";
import { decodeProcStatus } from "../formats/proc-status/decode.ts";
import type { CheckResult } from "../patrol/check.ts";
import { parseHostAndPort, parsePidAddress } from "../patrol/check-types/address.ts";
import { rssType } from "../patrol/check-types/rss.ts";
import { type CgroupMemory, TICKS_PER_SECOND } from "../tables/process-facts.ts";
import { defineCheck, type Probe } from "./define-check.ts";
import { ProbeFailure } from "./probe-failure.ts";

const MAX_TEXT_BYTES = 256 * 1024;

export const rssCheck = defineCheck(rssType, async (probe, options) => {
  try {
    const pid = await findPid(probe);
    const path = `/proc/${pid}`;
    const read = async (name: string): Promise<Uint8Array> =>
      (await readProcFile(`${path}/${name}`, MAX_TEXT_BYTES)).bytes;
    const { status } = decodeProcStatus(await read("status"));
    const stat = decodeProcStat(await read("stat"));
    const { limits } = decodeProcLimits(await read("limits"));
    const { sections } = decodeProcSections(await readSystemFiles(path, true));
    const { uptimeSeconds = Number.NaN } = findMachineFacts(sections);
    const openFds = await countFds(`${path}/fd`);
    const ageSeconds = uptimeSeconds - stat.startTicks / TICKS_PER_SECOND;
    const metrics: Record<string, number> = {
      rss_bytes: known(status.vmRss),
      rss_anon_bytes: known(status.rssAnon),
      rss_file_bytes: known(status.rssFile),
      rss_shmem_bytes: known(status.rssShmem),
      rss_peak_bytes: known(status.vmHwm),
      swap_bytes: known(status.vmSwap),
      virtual_bytes: known(status.vmSize),
      threads: stat.threads,
      open_fds: openFds,
      fd_share: openFds / known(limits.openFiles),
      cpu_seconds: (stat.userTicks + stat.systemTicks) / TICKS_PER_SECOND,
      process_age_seconds: ageSeconds,
      process_start_seconds: Math.round((probe.atMs / 1000 - ageSeconds) * 100) / 100,
      ...readCgroup(findCgroupMemory(sections), known(status.vmRss), probe),
    };
    if (options.mappings) metrics["pss_bytes"] = await readPss(path);
    return {
      metrics: { ...metrics, ...compareWithPrevious(metrics, probe) },
      facts: { pid: String(pid), command: status.name.replace(/[^\x20-\x7e]/g, "?") },
    };
  } catch (error) {
    throw explainProc(error);
  }
});

async function findPid(probe: Probe): Promise<number> {
  const { target } = probe;
  if (target.address.startsWith("pid:")) return parsePidAddress(target);
  const { host, port } = parseHostAndPort(target, undefined);
  if (!isLoopbackHost(host.includes(":") ? `[${host}]` : host)) {
    throw new ProbeFailure(
      "bad-address",
      `${target.id} is not on this machine, so its memory cannot be looked at from outside.`,
      "Run a patrol on its host, or take the rss check from it: the runtime check has rss_bytes too.",
      "error",
    );
  }
  const listener = await findListener(port);
  if (listener === "none") {
    throw new ProbeFailure(
      "no-such-process",
      `Nothing on this machine listens on port ${port}.`,
      "Check that the service runs.",
    );
  }
  if (listener === "hidden") throw notPermitted(`the process that listens on port ${port}`);
  return listener.pid;
}

async function countFds(path: string): Promise<number> {
  try {
    return (await readdir(path)).length;
  } catch {
    // Another user's descriptors are not to be seen; the rest is.
    return Number.NaN;
  }
}

/** smaps_rollup (Linux ≥ 4.14) is the sum over all mappings, without their text. */
async function readPss(path: string): Promise<number> {
  try {
    const { bytes } = await readProcFile(`${path}/smaps_rollup`, MAX_TEXT_BYTES);
    const kilobytes = /^Pss:\s+(\d{1,15}) kB$/m.exec(new TextDecoder().decode(bytes))?.[1];
    return kilobytes === undefined ? Number.NaN : Number(kilobytes) * 1024;
  } catch (error) {
    if (error instanceof CaptureError && error.code !== "no-such-process") return Number.NaN;
    throw error;
  }
}

/** Of what a cgroup is charged for, the part that must be the process's own for the limit to be its limit. */
const SOLE_TENANT = 0.5;

function readCgroup(
  cgroup: CgroupMemory | undefined,
  rss: number,
  { target }: Probe,
): Record<string, number> {
  const { current = Number.NaN, inactiveFile = 0, anon = current } = cgroup ?? {};
  const workingSet = Math.max(0, current - inactiveFile);
  const isOwn = rss >= SOLE_TENANT * anon;
  const cgroupLimit =
    isOwn && cgroup !== undefined && Number.isFinite(cgroup.limit) ? cgroup.limit : undefined;
  const limit = target.limitBytes ?? cgroupLimit ?? Number.NaN;
  return {
    cgroup_bytes: current,
    cgroup_working_set_bytes: workingSet,
    oom_kills: cgroup?.events?.oomKill ?? Number.NaN,
    memory_limit_bytes: limit,
    memory_share:
      (target.limitBytes === null && isOwn && !Number.isNaN(workingSet) ? workingSet : rss) / limit,
  };
}

const SAME_START_SECONDS = 2;

function compareWithPrevious(
  now: Readonly<Record<string, number>>,
  { previous, atMs }: { previous: CheckResult | null; atMs: number },
): Record<string, number> {
  if (previous === null) return {};
  const delta = (name: string): number => now[name]! - (previous.metrics[name] ?? Number.NaN);
  if (Math.abs(delta("process_start_seconds")) > SAME_START_SECONDS) return { restarted: 1 };
  const seconds = (atMs - previous.atMs) / 1000;
  return {
    restarted: 0,
    rss_growth_bytes_per_second: seconds > 0 ? delta("rss_bytes") / seconds : Number.NaN,
  };
}

function explainProc(error: unknown): unknown {
  if (error instanceof DecodeError) {
    // A process that ends while it is read gives an empty file.
    return new ProbeFailure(
      "no-such-process",
      `The process ended while it was looked at: ${error.message}.`,
      null,
    );
  }
  if (!(error instanceof CaptureError)) return error;
  if (error.code === "not-permitted") return notPermitted("the process");
  if (error.code === "no-such-process" || error.code === "no-such-file") {
    return new ProbeFailure(
      "no-such-process",
      `The process does not exist: ${error.message}.`,
      "Check the pid, and that the service runs.",
    );
  }
  return new ProbeFailure("internal", `The process cannot be looked at: ${error.message}.`, null, "error");
}

function notPermitted(what: string): ProbeFailure {
  return new ProbeFailure(
    "not-permitted",
    `${what} belongs to another user and may not be looked at.`,
    "Run the patrol as that user, or give it CAP_SYS_PTRACE.",
    "refused",
  );
}

function known(value: number | undefined): number {
  return value ?? Number.NaN;
}
