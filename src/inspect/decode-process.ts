import type { Capture } from "../bundle/manifest.ts";
import type { Damage, FormatName } from "../bytes/decode-error.ts";
import { decodeProcFds } from "../formats/proc-fds/decode.ts";
import { decodeProcLimits } from "../formats/proc-limits/decode.ts";
import { decodeProcMaps } from "../formats/proc-maps/decode.ts";
import { findCgroupMemory } from "../formats/proc-sections/cgroup-memory.ts";
import { decodeProcSections } from "../formats/proc-sections/decode.ts";
import { findMachineFacts } from "../formats/proc-sections/machine-facts.ts";
import { decodeProcStat } from "../formats/proc-stat/decode.ts";
import { decodeProcStatus } from "../formats/proc-status/decode.ts";
import type { FdTable } from "../tables/fd-table.ts";
import { hasSizes, type MappingTable } from "../tables/mapping-table.ts";
import type {
  CgroupMemory,
  MachineFacts,
  ProcessLimits,
  ProcessStat,
  ProcessStatus,
} from "../tables/process-facts.ts";

/** What the kernel says of the process in one sample. */
export interface ProcessFacts {
  status?: ProcessStatus;
  stat?: ProcessStat;
  limits?: ProcessLimits;
  /** `seconds` as in `StatsReading`: halfway through the reading. */
  mappings?: { seconds: number; table: MappingTable };
  fds?: FdTable;
  cgroup?: CgroupMemory;
  machine?: MachineFacts;
}

/**
 * Puts what the kernel prints of the process where it belongs; a format of another kind is left alone. A table of
 * mappings with sizes is kept before one without.
 */
export function decodeProcess(
  format: FormatName,
  bytes: Uint8Array,
  capture: Capture,
  process: ProcessFacts,
): Damage[] {
  switch (format) {
    case "proc-status": {
      const { status, damage } = decodeProcStatus(bytes);
      process.status = status;
      return damage;
    }
    case "proc-stat":
      process.stat = decodeProcStat(bytes);
      return [];
    case "proc-limits": {
      const { limits, damage } = decodeProcLimits(bytes);
      process.limits = limits;
      return damage;
    }
    case "proc-maps": {
      const { mappings, damage } = decodeProcMaps(bytes);
      if (process.mappings === undefined || hasSizes(mappings)) {
        const seconds = (capture.time.monotonicMs + capture.elapsedMs / 2) / 1000;
        process.mappings = { seconds, table: mappings };
      }
      return damage;
    }
    case "proc-fds": {
      const { fds, damage } = decodeProcFds(bytes);
      process.fds = fds;
      return damage;
    }
    case "proc-sections": {
      const { sections, damage } = decodeProcSections(bytes);
      const cgroup = findCgroupMemory(sections);
      if (cgroup !== undefined) process.cgroup = cgroup;
      process.machine = { ...process.machine, ...findMachineFacts(sections) };
      return damage;
    }
    default:
      return [];
  }
}
