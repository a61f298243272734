import { countStacks, type GoroutineSource, type StackCount } from "../analysis/stack-counts.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { decodeGoroutineDumps } from "../formats/goroutine-dump/decode.ts";
import type { CheckResult, RawCapture } from "../patrol/check.ts";
import { goroutinesType } from "../patrol/check-types/goroutines.ts";
import { NO_WAIT } from "../tables/goroutine-table.ts";
import { decodePprof, looksLikePprof } from "./decode-pprof.ts";
import { defineCheck, type Look, type Probe } from "./define-check.ts";
import { GoService } from "./go-service.ts";
import { renderSite } from "./heap-diff-check.ts";
import { checkHeadroom } from "./memory-guard.ts";
import { ProbeFailure } from "./probe-failure.ts";
import { sumStacks } from "./sum-stacks.ts";

export const goroutinesCheck = defineCheck(goroutinesType, async (probe, options): Promise<Look> => {
  const service = new GoService(probe, options);
  const headroom = await checkHeadroom(service, probe);
  const bytes = await service.fetchProfile("goroutine", "", looksLikePprof);
  const profile = decodePprof(bytes, "goroutine profile");
  const captures: RawCapture[] = [{ kind: "goroutine", bytes, atMs: probe.atMs }];
  const total = profile.samples.columns[0]?.value.reduce((sum, count) => sum + count, 0) ?? 0;
  const [sums] = sumStacks(profile, { kind: "goroutine", atMs: probe.atMs });
  const dump = total > options.max_dump_goroutines ? undefined : await takeDump(service, probe, captures);
  const counts = countStacks({ profile });
  const largest = counts.reduce<StackCount | undefined>(
    (most, each) => (most === undefined || each.count > most.count ? each : most),
    undefined,
  );
  return {
    metrics: {
      goroutines: total,
      groups: counts.length,
      largest_group: largest?.count ?? 0,
      largest_group_share: total > 0 ? (largest?.count ?? 0) / total : Number.NaN,
      ...(sums === undefined ? {} : compareWithPrevious(sums, probe)),
      ...(dump === undefined ? {} : measureWaits(dump)),
    },
    facts: {
      ...(headroom.reading === undefined ? {} : { source: headroom.reading.source }),
      ...(largest === undefined ? {} : { largest_group: tellGroup(largest) }),
      ...(sums === undefined ? {} : tellGrowing(sums, probe.previous)),
    },
    profiles: sums === undefined ? [] : [sums],
    captures,
    targetCpuSeconds:
      headroom.targetCpuSeconds +
      PROFILE_CPU_SECONDS * total +
      (dump === undefined ? 0 : DUMP_CPU_SECONDS * total) +
      0.001,
  };
});

/** A goroutine's stack is walked and hashed; for a dump each is printed. */
const PROFILE_CPU_SECONDS = 1.2e-6;
const DUMP_CPU_SECONDS = 4e-6;
const LONG_WAIT_MINUTES = 10;

async function takeDump(
  service: GoService,
  probe: Probe,
  captures: RawCapture[],
): Promise<GoroutineSource["dump"]> {
  const isDump = (bytes: Uint8Array): boolean =>
    new TextDecoder().decode(bytes.subarray(0, 10)).startsWith("goroutine ");
  try {
    const bytes = await service.fetchProfile("goroutine", "debug=2", isDump);
    captures.push({ kind: "goroutine-dump", bytes, atMs: probe.atMs });
    return decodeGoroutineDumps(bytes).dumps[0]?.table;
  } catch (error) {
    // The profile alone tells most; a proxy may let no more through.
    if (error instanceof ProbeFailure && error.code !== "timeout" && error.outcome === "failed")
      return undefined;
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function measureWaits(dump: NonNullable<GoroutineSource["dump"]>): Record<string, number> {
  let longest = 0;
  let waitingLong = 0;
  for (let row = 0; row < dump.length; row++) {
    const minutes = dump.waitMinutes[row]!;
    if (minutes === NO_WAIT) continue;
    longest = Math.max(longest, minutes);
    if (minutes >= LONG_WAIT_MINUTES) waitingLong++;
  }
  return { longest_wait_seconds: longest * 60, waiting_long: waitingLong };
}

type Sums = CheckResult["profiles"][number];

function compareWithPrevious(now: Sums, { previous, atMs }: Probe): Record<string, number> {
  const before = findPrevious(previous, now.type);
  if (previous === null || before === undefined) return {};
  const growths = growthByStack(before, now);
  const growth = now.total - before.total;
  const minutes = (atMs - previous.atMs) / 60_000;
  let growing = 0;
  let most = 0;
  for (const { grown } of growths) {
    if (grown > 0) growing++;
    most = Math.max(most, grown);
  }
  return {
    goroutines_growth: growth,
    goroutines_per_minute: minutes > 0 ? growth / minutes : Number.NaN,
    groups_growing: growing,
    largest_group_growth: most,
  };
}

function findPrevious(previous: CheckResult | null, type: string): Sums | undefined {
  return previous?.profiles.find((sums) => sums.type === type);
}

/** Both are sorted by hash. */
function growthByStack(before: Sums, now: Sums): { hash: bigint; grown: number }[] {
  const old = new Map<bigint, number>();
  for (const [n, hash] of before.stackHash.entries()) old.set(hash, before.value[n]!);
  return Array.from(now.stackHash, (hash, n) => ({ hash, grown: now.value[n]! - (old.get(hash) ?? 0) }));
}

function tellGrowing(now: Sums, previous: CheckResult | null): Record<string, string> {
  const before = findPrevious(previous, now.type);
  if (before === undefined) return {};
  const [most] = growthByStack(before, now).sort((a, b) => b.grown - a.grown);
  const frames = most === undefined || most.grown <= 0 ? undefined : now.frames.get(most.hash);
  if (most === undefined || frames === undefined) return {};
  // Root first; the runtime's parking frames at the leaf say nothing.
  const told = frames.filter((frame) => !frame.startsWith("runtime.")).slice(-FRAMES_TOLD);
  return { growing_most: `+${most.grown}: ${told.reverse().join(" < ")}` };
}

const FRAMES_TOLD = 4;

function tellGroup({ count, state, stack }: StackCount): string {
  const sites = stack.slice(0, FRAMES_TOLD).map(renderSite);
  return `${count} ${state}: ${sites.join(" < ")}`;
}
