import { describe, expect, it } from "vitest";
import { RECORDED_PROCESSES, readProcessFile } from "../../../test/support/recorded-processes.ts";
import { decodeProcLimits } from "../proc-limits/decode.ts";
import { decodeProcStat } from "../proc-stat/decode.ts";
import { decodeProcStatus } from "./decode.ts";

const encode = (text: string) => new TextEncoder().encode(text);

describe.each(RECORDED_PROCESSES)("%s", (process) => {
  const { status, damage } = decodeProcStatus(readProcessFile(process, "status"));

  it("kinds of pages add up to the resident set", () => {
    expect(damage).toEqual([]);
    expect(status.rssAnon! + status.rssFile! + status.rssShmem!).toBe(status.vmRss);
    expect(status.vmHwm).toBeGreaterThanOrEqual(status.vmRss!);
  });

  it("status and stat tell of the same process", () => {
    const stat = decodeProcStat(readProcessFile(process, "stat"));
    expect(stat).toMatchObject({ pid: status.pid, name: status.name, threads: status.threads, state: "T" });
    expect(stat.startTicks).toBeGreaterThan(0);
  });

  it("has a limit of open files", () => {
    const { limits } = decodeProcLimits(readProcessFile(process, "limits"));
    expect(limits.openFiles).toBeGreaterThan(0);
    expect(limits.addressSpaceBytes).toBe(Number.POSITIVE_INFINITY);
  });
});

it("a command may hold anything", () => {
  const stat = decodeProcStat(
    encode("7 (a) S (b\n) S 1 7 7 0 -1 4194304 99 0 3 0 11 12 0 0 20 0 5 0 53403 3133440 379 1 2\n"),
  );
  expect(stat).toEqual({
    pid: 7,
    name: "a) S (b\n",
    state: "S",
    minorFaults: 99,
    majorFaults: 3,
    userTicks: 11,
    systemTicks: 12,
    threads: 5,
    startTicks: 53403,
  });
});

it("a kernel thread has no memory of its own", () => {
  const { status } = decodeProcStatus(encode("Name:\tkworker\nPid:\t9\nUid:\t0\t0\t0\t0\nThreads:\t1\n"));
  expect(status).toEqual({ name: "kworker", pid: 9, uid: 0, threads: 1 });
});

it("a file that is cut off gives what came before", () => {
  const { status, damage } = decodeProcStatus(encode("Name:\tapp\nPid:\t9\nVmRSS:\t   10 kB\nVmHWM:\t  1"));
  expect(status).toEqual({ name: "app", pid: 9, vmRss: 10240 });
  expect(damage).toHaveLength(1);
});
