import type { Inspection } from "../../inspect/inspection.ts";
import type { FindingRecord } from "../finding-record.ts";

/** What grows in one target and where, as rates: the answer of /debug/bloat. */
export interface TargetBloat {
  schema: "gopatrol.bloat/v1";
  target: string;
  /** When the evidence ended. */
  atMs: number;
  /** Length of the window that it covers. */
  windowSeconds: number;
  verdict: Inspection["verdict"]["outcome"];
  liveHeapBytes: number | null;
  limitBytes: number | null;
  /** Of the live heap: the sum of what sites gained less what they lost, by the window. */
  growthBytesPerSecond: number | null;
  /** Until the live heap reaches the limit if it goes on like this; null unless it grows and the limit is known. */
  secondsToLimit: number | null;
  goroutines: number | null;
  /** Fastest first. */
  sites: BloatSite[];
  goroutineGroups: { state: string; site: string; count: number; perSecond: number | null }[];
  findings: {
    id: string;
    pattern: string;
    severity: FindingRecord["severity"];
    site: string;
    bytesPerSecond: number | null;
    headline: string;
  }[];
}

/** Of which targets something is known, those that grow fastest first. */
export interface BloatIndex {
  schema: "gopatrol.bloat-index/v1";
  targets: { target: string; growthBytesPerSecond: number; sites: number }[];
}

interface BloatSite {
  function: string;
  file: string;
  line: number;
  bytes: number;
  growthBytes: number;
  bytesPerSecond: number | null;
}

/** Who asks for more wants the bundle. */
const MAX_SITES = 50;
const MAX_GROUPS = 20;

/** `findings`: those of the target that are open. Sites and groups that do not grow are left out. */
export function buildTargetBloat(
  target: string,
  inspection: Inspection,
  findings: readonly FindingRecord[],
): TargetBloat {
  const { window, process } = inspection;
  const growing = inspection.sites
    .filter((site) => site.growthBytes > 0)
    .sort((a, b) => b.growthBytes - a.growthBytes);
  const growthBytes = inspection.sites.reduce((sum, site) => sum + site.growthBytes, 0);
  const hasRate = window.spanSeconds > 0 && inspection.sites.length > 0;
  const growthBytesPerSecond = hasRate ? growthBytes / window.spanSeconds : null;
  return {
    schema: "gopatrol.bloat/v1",
    target,
    atMs: window.beganWallMs + window.spanSeconds * 1000,
    windowSeconds: window.spanSeconds,
    verdict: inspection.verdict.outcome,
    liveHeapBytes: process.liveHeapBytes,
    limitBytes: inspection.limitBytes,
    growthBytesPerSecond,
    secondsToLimit: secondsToLimit(process.liveHeapBytes, inspection.limitBytes, growthBytesPerSecond),
    goroutines: process.goroutines,
    sites: growing.slice(0, MAX_SITES).map(({ site, afterBytes, growthBytes, bytesPerSecond }) => ({
      function: site.function,
      file: site.file,
      line: site.line,
      bytes: afterBytes,
      growthBytes,
      bytesPerSecond,
    })),
    goroutineGroups: inspection.goroutineGroups
      .filter((group) => group.growing)
      .sort((a, b) => b.after - b.before - (a.after - a.before))
      .slice(0, MAX_GROUPS)
      .map((group) => ({
        state: group.state,
        site: `${group.site.function} (${group.site.file}:${group.site.line})`,
        count: group.after,
        perSecond: window.spanSeconds > 0 ? (group.after - group.before) / window.spanSeconds : null,
      })),
    findings: findings.map(({ id, pattern, severity, site, bytesPerSecond, headline }) => ({
      id,
      pattern,
      severity,
      site,
      bytesPerSecond,
      headline,
    })),
  };
}

function secondsToLimit(live: number | null, limit: number | null, rate: number | null): number | null {
  if (live === null || limit === null || rate === null || rate <= 0) return null;
  return Math.max(0, limit - live) / rate;
}
