import type { CollectorActivity } from "../analysis/memory-series.ts";
import type { RssTermId } from "../analysis/rss-account.ts";
import type { TrendShape } from "../analysis/trend.ts";
import type { Evidence } from "../findings/evidence.ts";
import { type Statement, statement } from "../findings/statement.ts";
import { estimate, quantity } from "../lib/quantity.ts";
import { describeGoroutines, describeLiveHeap } from "./trend-statements.ts";

/** Questions of the cross-validation, in the order an engineer would ask them. */
export const DECISION_NODES = [
  "goroutines",
  "collections",
  "live-heap",
  "sites",
  "peak",
  "resident",
] as const;
export type DecisionNodeId = (typeof DECISION_NODES)[number];

/** Where the questions end: what to look at. */
export const DECISION_LEAVES = [
  "goroutines-leak",
  "heap-sites",
  "heap-unexplained",
  "outside-go",
  "collector-setting",
  "churn",
  "warm-up",
  "level",
  "insufficient",
] as const;
export type DecisionLeafId = (typeof DECISION_LEAVES)[number];

/** Answers by node. "unknown": nothing that would tell was captured, or too little of it. */
export interface DecisionAnswers {
  goroutines: "rising" | "levelled-off" | "level" | "unknown";
  collections: "more-often" | "steady" | "less-often" | "none" | "unknown";
  "live-heap": "rising" | "levelled-off" | "level" | "unknown";
  sites: "explained" | "partly" | "unknown";
  peak: "high" | "usual" | "unknown";
  resident: "heap" | "outside" | "not-rising" | "unknown";
}

interface DecisionStep {
  node: DecisionNodeId;
  answer: DecisionAnswers[DecisionNodeId];
  /** The question with its answer. */
  question: Statement;
  /** What the answer rests on. */
  numbers: Statement[];
  /** The next question, or the leaf. */
  next: DecisionNodeId | DecisionLeafId;
}

export interface Decision {
  path: DecisionStep[];
  leaf: DecisionLeafId;
  conclusion: Statement;
}

type Answers = Partial<DecisionAnswers>;

interface Answered<Id extends DecisionNodeId> {
  answer: DecisionAnswers[Id];
  numbers: Statement[];
}

interface DecisionNode<Id extends DecisionNodeId> {
  ask(evidence: Evidence): Answered<Id>;
  /** By the node's own answer and those on the way to it. */
  next(answer: DecisionAnswers[Id], before: Answers): DecisionNodeId | DecisionLeafId;
}

/** Collections come that much more often, or more rarely, in the second half of the window. */
const FREQUENCY_FACTOR = 1.5;
/** Sites that explain less than this of the live heap's growth leave the question open. */
const EXPLAINED_SHARE = 0.5;
/** GOGC=100 lets the heap grow by as much as is live in heap and stacks; globals add a little. */
const USUAL_GOAL_FACTOR = 4;
/** Below the runtime's least heap (4 MiB at GOGC=100) the goal says nothing. */
const LEAST_GOAL_BYTES = 16 * 1024 * 1024;
/** Terms of the resident set that are Go's own memory. */
const GO_TERM = /^go-/;

/**
 * The cross-validation as a tree: do goroutines rise, do collections come with it, does what survives them rise or only
 * the peak, which sites explain it, and does the Go heap explain the resident set.
 */
export const DECISION_TREE: { readonly [Id in DecisionNodeId]: DecisionNode<Id> } = {
  goroutines: {
    ask({ goroutines }) {
      if (goroutines === undefined) return { answer: "unknown", numbers: [] };
      const { shape, first, last } = goroutines.totalTrend;
      return {
        answer: answerOf(shape),
        numbers: [
          statement("branch-goroutines", {
            shape,
            from: quantity(first, "count"),
            to: quantity(last, "count"),
          }),
          ...describeGoroutines(goroutines.totalTrend),
        ],
      };
    },
    next: () => "collections",
  },
  collections: {
    ask: ({ collector }) => askCollections(collector),
    next: () => "live-heap",
  },
  "live-heap": {
    ask({ liveHeap }) {
      if (liveHeap === undefined) return { answer: "unknown", numbers: [] };
      const { shape, first, last } = liveHeap.trend;
      return {
        answer: answerOf(shape),
        numbers: [
          statement("branch-live-heap", {
            shape,
            from: quantity(first, "bytes"),
            to: quantity(last, "bytes"),
            source: liveHeap.source,
          }),
          ...describeLiveHeap(liveHeap.trend),
        ],
      };
    },
    next: (answer) => (answer === "rising" ? "sites" : "peak"),
  },
  sites: {
    ask({ liveHeap, heap, clusters }) {
      const growth = liveHeap === undefined ? 0 : liveHeap.trend.last - liveHeap.trend.first;
      if (heap === undefined || growth <= 0) return { answer: "unknown", numbers: [] };
      const grown = clusters.reduce((sum, cluster) => sum + cluster.growthBytes, 0);
      const explained = Math.min(1, Math.max(0, grown / growth));
      return {
        answer: explained >= EXPLAINED_SHARE ? "explained" : "partly",
        numbers: [statement("branch-sites", { explained: estimate(explained, "fraction") })],
      };
    },
    next: () => "resident",
  },
  peak: {
    ask: ({ collector, liveHeap, memoryClasses }) =>
      askPeak(collector, liveHeap?.trend.last, memoryClasses.at(-1)?.classes.heapStacks ?? 0),
    next: () => "resident",
  },
  resident: {
    ask: askResident,
    next: (answer, before) => concludeFrom(answer, before),
  },
};

function answerOf(shape: TrendShape): "rising" | "levelled-off" | "level" | "unknown" {
  if (shape === "growing") return "rising";
  if (shape === "saturating" || shape === "step") return "levelled-off";
  return shape === "insufficient" || shape === "undecided" ? "unknown" : "level";
}

function askCollections(collector: CollectorActivity | undefined): Answered<"collections"> {
  if (collector === undefined || !(collector.seconds > 0)) return { answer: "unknown", numbers: [] };
  const { automaticCycles, forcedCycles, allocatedBytes, seconds, cyclesPerSecond } = collector;
  const numbers = [
    statement("branch-gc", {
      cycles: quantity(automaticCycles, "count"),
      forced: quantity(forcedCycles, "count"),
    }),
    statement("branch-allocation", { rate: quantity(allocatedBytes / seconds, "bytes/s") }),
  ];
  if (automaticCycles === 0) return { answer: "none", numbers };
  if (cyclesPerSecond === undefined) return { answer: "steady", numbers };
  const { early, late } = cyclesPerSecond;
  numbers.splice(
    1,
    0,
    statement("branch-gc-rate", { early: quantity(early, "count/s"), late: quantity(late, "count/s") }),
  );
  if (late > FREQUENCY_FACTOR * early) return { answer: "more-often", numbers };
  return { answer: early > FREQUENCY_FACTOR * late ? "less-often" : "steady", numbers };
}

function askPeak(
  collector: CollectorActivity | undefined,
  liveBytes: number | undefined,
  stackBytes: number,
): Answered<"peak"> {
  const goal = collector?.nextGcBytes;
  if (goal === undefined || Number.isNaN(goal) || liveBytes === undefined || !(liveBytes > 0)) {
    return { answer: "unknown", numbers: [] };
  }
  const numbers = [
    statement("branch-peak", { goal: quantity(goal, "bytes"), live: quantity(liveBytes, "bytes") }),
  ];
  const isHigh = goal > LEAST_GOAL_BYTES && goal > USUAL_GOAL_FACTOR * (liveBytes + stackBytes);
  return { answer: isHigh ? "high" : "usual", numbers };
}

function askResident({ process }: Evidence): Answered<"resident"> {
  const rss = process?.rss;
  if (process === undefined || rss === undefined || process.terms.length === 0) {
    return { answer: "unknown", numbers: [] };
  }
  const { shape, first, last } = rss.trend;
  if (answerOf(shape) === "unknown") return { answer: "unknown", numbers: [] };
  let go = 0;
  let largest: { id: RssTermId; bytes: number } | undefined;
  for (const { id, bytes } of process.terms) {
    const rise = bytes.trend.last - bytes.trend.first;
    if (GO_TERM.test(id)) go += rise;
    else if (largest === undefined || rise > largest.bytes) largest = { id, bytes: rise };
  }
  const outside = last - first - go;
  const numbers = [
    statement("branch-resident", {
      shape,
      from: quantity(first, "bytes"),
      to: quantity(last, "bytes"),
      go: quantity(go, "bytes"),
      outside: quantity(outside, "bytes"),
    }),
  ];
  if (shape !== "growing") return { answer: "not-rising", numbers };
  return { answer: outside > go ? "outside" : "heap", numbers };
}

/** The leaf, from all that was answered: the strongest cause first. */
function concludeFrom(resident: DecisionAnswers["resident"], before: Answers): DecisionLeafId {
  if (before.goroutines === "rising") return "goroutines-leak";
  if (before["live-heap"] === "rising") {
    return before.sites === "explained" ? "heap-sites" : "heap-unexplained";
  }
  if (resident === "outside") return "outside-go";
  if (before.peak === "high") return "collector-setting";
  if (before.goroutines === "levelled-off" || before["live-heap"] === "levelled-off") return "warm-up";
  if (before["live-heap"] === "level" || before.goroutines === "level") {
    return before["live-heap"] === "level" && before.collections === "more-often" ? "churn" : "level";
  }
  return "insufficient";
}

const QUESTION = {
  goroutines: "ask-goroutines",
  collections: "ask-collections",
  "live-heap": "ask-live-heap",
  sites: "ask-sites",
  peak: "ask-peak",
  resident: "ask-resident",
} as const;

/** Walks the tree from the first question to a leaf. */
export function decide(evidence: Evidence): Decision {
  const path: DecisionStep[] = [];
  const answers: Record<string, string> = {};
  let next: DecisionNodeId | DecisionLeafId = DECISION_NODES[0];
  while (isNode(next)) {
    const node: DecisionNodeId = next;
    // The answer of a node goes to that node's own `next`, which the compiler cannot see across the union.
    const { ask, next: follow } = DECISION_TREE[node] as DecisionNode<DecisionNodeId>;
    const { answer, numbers } = ask(evidence);
    answers[node] = answer;
    next = follow(answer, answers as Answers);
    path.push({ node, answer, question: statement(QUESTION[node], { answer }), numbers, next });
  }
  return { path, leaf: next, conclusion: statement("conclude", { leaf: next }) };
}

function isNode(id: DecisionNodeId | DecisionLeafId): id is DecisionNodeId {
  return (DECISION_NODES as readonly string[]).includes(id);
}
