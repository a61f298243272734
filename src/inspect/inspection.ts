import type { AllocationOperation } from "../analysis/allocation-operation.ts";
import type { BlockState } from "../analysis/block-state.ts";
import type { CodeSite } from "../analysis/code-site.ts";
import type { FrameOrigin } from "../analysis/frame-origin.ts";
import type { GrowthFlame } from "../analysis/growth-flame.ts";
import type { CaptureFailure, CaptureKind } from "../bundle/manifest.ts";
import type { Damage } from "../bytes/decode-error.ts";
import type { Finding, Series } from "../findings/finding.ts";
import type { Statement } from "../findings/statement.ts";
import type { HeapContents } from "../tables/heap-contents.ts";
import type { MemoryClasses } from "../tables/memory-classes.ts";
import type { Decision } from "./decision-tree.ts";
import type { GcSection } from "./gc-section.ts";
import type { KernelView } from "./kernel-view.ts";

/**
 * `leak`: the main finding, above info, is memory that is kept without end. `problem`: it is something else that costs
 * memory or CPU (a collector setting, churn). `attention`: growth without a known pattern, or hints only.
 */
export type Outcome = "leak" | "problem" | "attention" | "healthy" | "insufficient-data";

export interface Verdict {
  outcome: Outcome;
  headline: Statement;
  /** The main finding, if there is one: index into `findings`. */
  finding: number | null;
  /** How the verdict was reached: the questions asked of the evidence, with their answers and numbers. */
  decision: Decision;
  /** What is to be known beside it. */
  reasoning: Statement[];
}

export interface SiteGrowth {
  site: CodeSite;
  origin: FrameOrigin;
  operation: AllocationOperation | null;
  beforeBytes: number;
  afterBytes: number;
  growthBytes: number;
  bytesPerSecond: number | null;
  /** Share of the bytes allocated in the window that is still in use; null if nothing was allocated. */
  kept: number | null;
  series: number[];
}

export interface GoroutineGroupGrowth {
  state: BlockState;
  site: CodeSite;
  origin: FrameOrigin;
  before: number;
  after: number;
  growing: boolean;
  waitMinutes: number;
  createdBy: CodeSite | null;
  stack: CodeSite[];
  series: number[];
}

export interface CaptureUsed {
  sample: number;
  kind: CaptureKind;
  /** What the content turned out to be. */
  format: string;
  path: string;
  origin: string;
  bytes: number;
  elapsedMs: number;
  forcedGc: boolean;
  cutOff: boolean;
}

/** The result of one inspection: facts only, the same for the same bundle. `report/` makes sentences of it. */
export interface Inspection {
  target: { name: string; goVersion: string | null; mainModule: string | null };
  window: {
    beganWallMs: number;
    samples: number;
    spanSeconds: number;
    interrupted: boolean;
    /** First sample after the last restart; 0 if there was none. */
    restartedAtSample: number;
  };
  limitBytes: number | null;
  /** Who set the limit: the user, the cgroup, or GOMEMLIMIT. */
  limitSource: "given" | "cgroup" | "gomemlimit" | null;
  /** The process as the kernel sees it; null unless it runs where it was captured. */
  kernel: KernelView | null;
  /** Process facts at the end of the window; null where no source had them. */
  process: {
    liveHeapBytes: number | null;
    liveHeapSource: "after-gc" | "profile" | "heap-alloc" | "gctrace" | null;
    sysBytes: number | null;
    releasedBytes: number | null;
    residentBytes: number | null;
    /** The runtime's own division of what it holds, bytes by class, as runtime/metrics names them. */
    memoryClasses: MemoryClasses | null;
    goroutines: number | null;
    allocatedBytesPerSecond: number | null;
    gcCyclesPerSecond: number | null;
    gcCpuFraction: number | null;
  };
  verdict: Verdict;
  findings: Finding[];
  series: Series[];
  /** What gctrace lines of the target's log tell; null without any. */
  gc: GcSection | null;
  /** What a look at the memory itself found; null unless a core or the running process was looked at. */
  heapContents: HeapContents | null;
  flame: GrowthFlame | null;
  sites: SiteGrowth[];
  goroutineGroups: GoroutineGroupGrowth[];
  captures: CaptureUsed[];
  failures: CaptureFailure[];
  damage: (Damage & { path: string })[];
}
