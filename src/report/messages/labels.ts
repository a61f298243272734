import type { AllocationOperation } from "../../analysis/allocation-operation.ts";
import type { BlockState } from "../../analysis/block-state.ts";
import type { MappingClass } from "../../analysis/mapping-class.ts";
import type { RssTerm, RssTermId } from "../../analysis/rss-account.ts";
import type { FindingState, SeriesLabel, Severity } from "../../findings/finding.ts";
import type { Outcome } from "../../inspect/inspection.ts";
import type { CgroupPart, FdGroupView } from "../../inspect/kernel-view.ts";
import type { QuantityWords } from "../../lib/format-quantity.ts";
import type { HeapContents } from "../../tables/heap-contents.ts";

/**
 * The fixed words of a report in one language: all that is not a statement. Functions take what is already in words.
 * Plain text throughout; renderers escape.
 */
export interface Labels {
  quantity: QuantityWords;
  word: WordLabels;
  fact: FactLabels;
  section: SectionLabels;
  finding: FindingLabels;
  table: TableLabels;
  kernel: KernelLabels;
  capture: CaptureLabels;
  heapLook: HeapLookLabels;
  gc: GcLabels;
  page: PageLabels;
  flame: FlameLabels;
  progress: ProgressLabels;
}

interface WordLabels {
  outcome: Record<Outcome, string>;
  /** Of a ticket: "gopatrol: memory leak in `shop:6060`". */
  reportTitle(outcome: Outcome, target: string): string;
  severity: Record<Severity, string>;
  state: Record<FindingState, string>;
  confidence: Record<"high" | "medium" | "low", string>;
  /** "high (0.95)" */
  inBrackets(text: string, detail: string): string;
  /** Between the parts of a line of facts: ", ". */
  comma: string;
  /** Between a sentence and the next: " ". */
  betweenSentences: string;
  /** Between a name and what is said of it: ": ". */
  colon: string;
  blockState: Record<BlockState, string>;
  /** What an allocation is for, in a table's cell; empty where it says nothing. */
  operation: Record<AllocationOperation, string>;
  series: Record<SeriesLabel, string>;
}

interface FactLabels {
  goVersion: string;
  module: string;
  window: string;
  windowValue(samples: string, span: string, isOne: boolean, interrupted: boolean): string;
  liveHeap: string;
  held: string;
  residentSet: string;
  goroutines: string;
  allocationRate: string;
  collections: string;
  gcCpuShare: string;
  memoryLimit: string;
  /** "512 MB (of the cgroup)" */
  limitOf(bytes: string, source: "given" | "cgroup" | "gomemlimit"): string;
}

/** Headings. */
interface SectionLabels {
  figures: string;
  findings: string;
  overTime: string;
  flame: string;
  flameLink: string;
  sites: string;
  sitesLink: string;
  sitesLead: string;
  goroutines: string;
  goroutinesLink: string;
  goroutinesLead: string;
  reasoning: string;
  reasoningLink: string;
  missing: string;
  captures: string;
  capturesLink: string;
}

interface FindingLabels {
  at: string;
  rate: string;
  confidence: string;
  confidenceIs(confidence: string): string;
  evidence: string;
  consequences: string;
  fix: string;
  next: string;
  calledFrom: string;
  more(command: string): string;
  morePage(command: string, page: string): string;
  noneJudged: string;
  noneRecognised: string;
}

interface TableLabels {
  growth: string;
  rate: string;
  kept: string;
  before: string;
  after: string;
  operation: string;
  inUse: string;
  state: string;
  function: string;
  line: string;
  functionAndLine: string;
  /** "100 % kept" */
  keptShare(share: string): string;
  growing: string;
  steady: string;
  waiting(wait: string): string;
  upTo(wait: string): string;
  createdBy: string;
  stack: string;
  moreSites(count: string): string;
  moreGroups(count: string): string;
}

/** The collector as a log tells it. Heads of the cycles' table are short: ten columns share a terminal's width. */
/** A look at the heap itself: a core, or the process as it runs. */
interface HeapLookLabels {
  fact: string;
  source: Record<HeapContents["source"], string>;
  /** "a core, 12,345 objects, 4 MB alive"; `pause` is empty where nothing stood still. */
  value(source: string, objects: string, bytes: string, pause: string): string;
  containers: string;
  containersLead: string;
  owners: string;
  keeps: string;
  share: string;
  entries: string;
  held: string;
  type: string;
  owner: string;
  point: string;
  /** A place that holds several containers. */
  several(owner: string, count: string): string;
}

interface GcLabels {
  inLog(name: string): string;
  cycles: string;
  cyclesValue(
    cycles: string,
    span: string,
    rate: string,
    forced: number,
    periodic: number,
    lost: number,
  ): string;
  processes: string;
  gcCpuShare: string;
  markingTime: string;
  assistShare: string;
  liveHeap: string;
  goal: string;
  peak: string;
  allocationRate: string;
  allocationRateValue(rate: string, idle: string, marking: string): string;
  effectiveGogc: string;
  effectiveGogcValue(setting: string, median: string): string;
  gomaxprocs: string;
  stacks: string;
  returned: string;
  returnedValue(returned: string, now: string): string;
  late: string;
  lateValue(late: string, cycles: string, worst: string): string;
  threads: string;
  threadsValue(threads: string, runnable: string): string;
  greenTea: string;
  greenTeaValue(share: string): string;
  cycleTable: string;
  cycleTableLead(shown: string, all: string): string;
  cycle: string;
  at: string;
  period: string;
  sweepTermination: string;
  mark: string;
  markTermination: string;
  heap: string;
  goalHead: string;
  cpuHead: string;
  assistHead: string;
  forced: string;
  periodic: string;
  thrashing: string;
  leakCheck: string;
  lost(cycles: number): string;
  spread: string;
  spreadLead: string;
  median: string;
  max: string;
  firstStop: string;
  secondStop: string;
  bothStops: string;
  pauseTable: string;
  pauseLead: string;
  stops: string;
  perHour(count: string): string;
  stopped: string;
  stoppedValue(perHour: string, share: string): string;
  usualStop: string;
  rareStops: string;
  rareStopsValue(share: string): string;
  worstInHour: string;
  worstInDay: string;
  worstUnknown(seen: string, span: string): string;
  requestMeets: string;
  requestChance(oneIn: string): string;
  requestAlways: string;
  heapDependence: string;
  heapDependent(tau: string): string;
  heapIndependent(tau: string): string;
  heapSteady: string;
  doubleGogc: string;
  doubleGogcValue(perHour: string): string;
  cycleCpu: string;
  assistCpu: string;
  cycleTime: string;
  overshoot: string;
  throughput: string;
  processTable: string;
  process: string;
  source: string;
  from: string;
  to: string;
  initTable: string;
  initLead: string;
  package: string;
  clock: string;
  allocated: string;
  allocations: string;
}

/** What the kernel says of a process. */
export interface KernelLabels {
  section: string;
  sectionLink: string;
  /** Between parts of a line. */
  separator: string;
  process(pid: string, name: string): string;
  threads(count: string): string;
  cpu(share: string): string;
  rss(bytes: string): string;
  term: Record<RssTermId, string>;
  residual: string;
  total: string;
  vmRss: string;
  bytes: string;
  share: string;
  growth: string;
  what: string;
  source: string;
  sources: Record<RssTerm["source"], string>;
  sourceOf(source: string, confidence: string): string;
  mappings: string;
  count: string;
  size: string;
  resident: string;
  /** Mappings of one shape: "rw-, 64 kB each". */
  shape(permissions: string, bytes: string, name: string): string;
  class: Record<MappingClass, string>;
  fds(open: string, limit: string): string;
  kind: string;
  place: string;
  fdKind: Record<FdGroupView["kind"], string>;
  direction: Record<"outgoing" | "accepted" | "listening", (place: string) => string>;
  cgroup(path: string): string;
  cgroupLimit: string;
  cgroupUsage: string;
  workingSet: string;
  beside(part: string): string;
  cgroupPart: Record<CgroupPart, string>;
  advice: string;
}

interface CaptureLabels {
  sample: string;
  what: string;
  from: string;
  size: string;
  took: string;
  note: string;
  count(count: number): string;
  forcedGc: string;
  cutOff: string;
  /** "sample 3", "samples 1 to 3, 5" */
  samples(ranges: readonly (readonly [first: number, last: number])[]): string;
  andMore(count: number): string;
  captured(version: string, time: string): string;
}

/** What only the HTML page has. */
interface PageLabels {
  skip: string;
  contents: string;
  memoryReport: string;
  verdict: string;
  lineToChange: string;
  lineToLookAt: string;
  whatToDo: string;
  colophon(version: string): string;
  noValues: string;
  chart(title: string, first: string, last: string, window: string, points: number): string;
  valueAt(value: string, time: string): string;
}

/**
 * The flame graph's words. They are embedded in the page as data, so they are texts with {placeholders} that the
 * page's script fills in.
 */
export interface FlameLabels {
  lead: string;
  all: string;
  width: string;
  growth: string;
  inUseAtEnd: string;
  allocated: string;
  search: string;
  reset: string;
  needsScript: string;
  colours: string;
  origin: { own: string; thirdParty: string; standardLibrary: string; runtime: string };
  matches: string;
  keys: string;
  graph: string;
  nothingGrew: string;
  more: string;
  shareOfGrowth: string;
  noMatch: string;
  matchedOne: string;
  matchedMany: string;
  nothing: { delta: string; after: string; allocated: string };
  whole: { delta: string; after: string; allocated: string };
  wholeShrunk: { delta: string; after: string; allocated: string };
  zoomed: { delta: string; after: string; allocated: string };
  share: { delta: string; after: string; allocated: string };
  ofZoomed: string;
  narrowOne: string;
  narrowMany: string;
  inUse: string;
  allocatedInWindow: string;
  allocatedAndKept: string;
}

/** Lines on stderr while a command works. */
export interface ProgressLabels {
  place(sample: number, samples: number): string;
  left(duration: string): string;
  fetching(place: string, kind: string, left: string): string;
  cutOff(place: string, kind: string): string;
  notCaptured(place: string, kind: string, reason: string): string;
  taken(place: string, left: string): string;
  takenKeepable(place: string, left: string): string;
  loadStarted(command: string): string;
  loadEnded(exitCode: number | null, complaint: string): string;
  endingEarly: string;
  analysing: string;
  readingLog(name: string, done: string, rate: string, lines: number): string;
  waitingForGc: string;
  noGcLine(place: string): string;
  ancientGc: string;
  sourceRead(files: number): string;
  evidenceKept(place: string): string;
  reportWritten(place: string): string;
  reportNotWritten(place: string, code: string): string;
  nothingReadable(why: string): string;
}
