import type { CodeSite } from "../analysis/code-site.ts";
import type { CollectorLoad } from "../analysis/collector-load.ts";
import { computeGogcGoal } from "../analysis/gc-cost-model.ts";
import { type CollectorSetting, findCollectorSettings } from "../source/collector-setting.ts";
import type { Evidence } from "./evidence.ts";
import { qualifySite } from "./qualified-site.ts";

/** A setting of the collector, how it is known, and the call that made it where the source has one. */
interface KnownSetting {
  value: number;
  /** `metric`: the runtime says so. `source`: a call that agrees with the goal. `derived`: from the goal itself. */
  from: "metric" | "source" | "derived";
  site: CodeSite | undefined;
}

/** The collector's settings and its load, joined from metrics, source and MemStats. */
export interface CollectorFacts {
  load: CollectorLoad;
  /** GOGC in percent; undefined where a memory limit may hide it. */
  gogc: KnownSetting | undefined;
  /** GOMEMLIMIT in bytes, Infinity for none; undefined where nothing tells. */
  memoryLimit: KnownSetting | undefined;
  /** The heap goal is the memory limit's, not GOGC's. */
  isLimited: boolean;
}

/** How far the room for garbage may be from what a setting gives and still be its doing: live heap and stacks are read at other times. */
const AGREEMENT = 0.35;
/** A goal this far below GOGC's is not GOGC's. */
const LIMITED_BELOW = 0.9;

export function findCollectorFacts(evidence: Evidence): CollectorFacts | undefined {
  const { collectorLoad: load, source, heap } = evidence;
  if (load === undefined || !Number.isFinite(load.goalBytes)) return undefined;
  const calls = source === undefined ? [] : findCollectorSettings(source);
  const siteOf = (call: CollectorSetting["call"], isIt: (setting: CollectorSetting) => boolean) => {
    const found = calls.find((setting) => setting.call === call && isIt(setting));
    return found === undefined ? undefined : qualifySite(found.site, heap?.interner.frames() ?? [], source);
  };
  const memoryLimit = findMemoryLimit();
  const gogc = findGogc();
  const isLimited =
    memoryLimit !== undefined &&
    Number.isFinite(memoryLimit.value) &&
    load.goalBytes < LIMITED_BELOW * computeGogcGoal(load.workload, gogc?.value ?? 100);
  return { load, gogc, memoryLimit, isLimited };

  function findMemoryLimit(): KnownSetting | undefined {
    if (load!.memoryLimitBytes !== undefined) {
      const value = load!.memoryLimitBytes;
      const site = siteOf("SetMemoryLimit", (s) => s.value === undefined || isNear(s.value, value, 0.01));
      return { value, from: "metric", site: Number.isFinite(value) ? site : undefined };
    }
    const call = calls.find((s) => s.call === "SetMemoryLimit" && s.value !== undefined);
    if (call === undefined) return undefined;
    return { value: call.value!, from: "source", site: siteOf("SetMemoryLimit", (s) => s === call) };
  }

  function findGogc(): KnownSetting | undefined {
    if (load!.gogcPercent !== undefined) {
      const value = load!.gogcPercent;
      const site = siteOf("SetGCPercent", (s) => s.value === undefined || s.value === value);
      return { value, from: "metric", site };
    }
    const agrees = (percent: number) =>
      percent > 0 &&
      isNear(
        computeGogcGoal(load!.workload, percent) - load!.workload.liveBytes,
        load!.goalBytes - load!.workload.liveBytes,
        AGREEMENT,
      );
    const call = calls.find((s) => s.call === "SetGCPercent" && s.value !== undefined && agrees(s.value));
    if (call !== undefined)
      return { value: call.value!, from: "source", site: siteOf("SetGCPercent", (s) => s === call) };
    if (memoryLimit !== undefined && Number.isFinite(memoryLimit.value)) return undefined;
    // A log has the goal of each cycle beside the heap it was computed from; MemStats are read at other moments, the
    // further from a collection the busier the machine.
    const logged = evidence.gcCycles?.effectiveGogc.setting;
    const value = logged !== undefined && logged > 0 ? logged : load!.effectiveGogcPercent;
    return { value, from: "derived", site: undefined };
  }
}

function isNear(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}
