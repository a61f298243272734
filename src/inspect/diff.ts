import type { AllocationOperation } from "../analysis/allocation-operation.ts";
import type { BlockState } from "../analysis/block-state.ts";
import type { CodeSite } from "../analysis/code-site.ts";
import type { FrameOrigin } from "../analysis/frame-origin.ts";
import type { GrowthCourse } from "../analysis/growth-course.ts";
import type { GrowthFlame } from "../analysis/growth-flame.ts";
import type { PackageGrowth } from "../analysis/package-growth.ts";
import type { Damage } from "../bytes/decode-error.ts";
import type { LoadCounter } from "./load-counter.ts";

/** One of the bundles or files that were compared. */
interface DiffInput {
  name: string;
  samples: number;
  /** Of its first sample, milliseconds since 1970. */
  wallMs: number;
  /** At its last sample (of the first input: its first). Null where it holds no such thing. */
  inuseBytes: number | null;
  inuseObjects: number | null;
  goroutines: number | null;
}

export interface SiteDiff {
  site: CodeSite;
  origin: FrameOrigin;
  operation: AllocationOperation | null;
  beforeBytes: number;
  afterBytes: number;
  growthBytes: number;
  growthObjects: number;
  /** One standard deviation of the growth, from the profile's sampling. */
  errorBytes: number;
  /** `new`: nothing had ever been allocated there; `gone`: nothing is left there. */
  change: "new" | "gone" | null;
  course: GrowthCourse;
  /** Allocated in between, also if freed since; null without alloc columns. */
  allocatedBytes: number | null;
  /** Allocated bytes for each byte of growth; null where nothing grew. */
  allocatedPerGrowth: number | null;
  /** Share of what was allocated in between that is in use at the end, 0 to 1. */
  survivors: number | null;
  /** Bytes of growth for each unit of the load counter. */
  growthPerUnit: number | null;
  bytesPerSecond: number | null;
  /** In use at each moment. */
  series: number[];
}

export interface HeapDiff {
  beforeBytes: number;
  afterBytes: number;
  growthBytes: number;
  growthObjects: number;
  allocatedBytes: number | null;
  survivors: number | null;
  growthPerUnit: number | null;
  allocatedPerUnit: number | null;
  course: GrowthCourse;
  /** In use at each moment. */
  series: number[];
  /** How many sites there are in all, and how many of them are new and gone. */
  siteCount: number;
  newCount: number;
  goneCount: number;
  /** Largest growth first, then those that shrank most last. */
  sites: SiteDiff[];
  packages: PackageGrowth[];
  modules: PackageGrowth[];
}

export interface GroupDiff {
  state: BlockState;
  site: CodeSite;
  origin: FrameOrigin;
  createdBy: CodeSite | null;
  before: number;
  after: number;
  growth: number;
  change: "new" | "gone" | null;
  course: GrowthCourse;
  growthPerUnit: number | null;
  stack: CodeSite[];
  series: number[];
}

export interface GoroutineDiff {
  before: number;
  after: number;
  growth: number;
  growthPerUnit: number | null;
  course: GrowthCourse;
  series: number[];
  groups: GroupDiff[];
}

/** What two or more captures of one program differ in. Facts only; `report/` makes words of them. */
export interface Diff {
  inputs: DiffInput[];
  program: { mainModule: string | null; goVersion: string | null };
  /** Moments that the series are of, seconds since the first; null where their times are not in order. */
  seconds: number[] | null;
  /** False if the process was restarted in between or is another one: allocations count from its start. */
  isSameProcess: boolean;
  /** Share of their own functions that the first and the last moment have in common. */
  commonFunctions: number;
  load: LoadCounter | null;
  heap: HeapDiff | null;
  goroutines: GoroutineDiff | null;
  flame: GrowthFlame | null;
  damage: (Damage & { path: string })[];
}
