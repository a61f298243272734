import type { AllocationOperation } from "../../../analysis/allocation-operation.ts";
import type { BlockState } from "../../../analysis/block-state.ts";
import type { LiveHeap } from "../../../analysis/memory-series.ts";
import type { TrendShape } from "../../../analysis/trend.ts";
import type { DecisionAnswers, DecisionLeafId, DecisionNodeId } from "../../../inspect/decision-tree.ts";
import { wordOf } from "../wording.ts";

const OPERATION: Record<AllocationOperation, string> = {
  "map-insert": "inserts into a map",
  "map-create": "creates a map",
  "slice-growth": "appends to a slice",
  "make-slice": "makes a slice",
  "new-object": "allocates an object",
  "make-channel": "makes a channel",
  "string-concat": "joins strings",
  string: "builds a string",
  interface: "boxes a value into an interface",
  goroutine: "starts a goroutine",
  other: "allocates",
};

const STATE: Record<BlockState, string> = {
  send: "sending to a channel",
  receive: "receiving from a channel",
  select: "in a select",
  lock: "waiting for a lock",
  waitgroup: "waiting for a WaitGroup",
  cond: "waiting for a Cond",
  io: "waiting for I/O",
  sleep: "sleeping",
  syscall: "in a system call",
  running: "running",
  other: "waiting",
};

const SHAPE: Record<TrendShape, string> = {
  growing: "growing",
  saturating: "rose and has levelled off",
  flat: "steady",
  step: "rose in one step and is level since",
  periodic: "comes back in waves",
  falling: "falling",
  undecided: "rose, but whether it goes on cannot be said yet",
  insufficient: "too few samples to tell",
};

const LIVE_SOURCE: Record<LiveHeap["source"], string> = {
  "after-gc": "read right after a collection",
  profile: "from the heap profiles, sampled",
  "heap-alloc": "with garbage not yet collected",
  gctrace: "from the log's gctrace lines, after each collection",
};

/** What varies in a key, as a noun. */
const KEY_PART: Record<string, string> = {
  timestamp: "a moment",
  nanoseconds: "a moment in nanoseconds",
  address: "the peer's host and port",
  url: "a raw URL or path",
  "user-agent": "the client's name for itself",
  "error-text": "the text of an error",
  "request-id": "a request id",
  random: "a random id",
  pointer: "an object's address",
};

/** How to make few values of it. */
const KEY_REMEDY: Record<string, string> = {
  timestamp: "leave the moment out, or round it to an interval and drop the intervals that are over",
  nanoseconds: "leave the moment out",
  address: "keep the host and drop the port (net.SplitHostPort), or keep the network's prefix",
  url: 'use the route\'s pattern (r.Pattern, "/orders/{id}") in place of the path, and leave the query out',
  "user-agent": "reduce it to a family (browser, bot, other)",
  "error-text": "use the error's kind (errors.Is, a code) in place of its text",
  "request-id": "leave the id out: it belongs into logs and traces",
  random: "leave the random id out",
  pointer: "use a name in place of the address",
};

export const keyPart = (word: string) => wordOf(KEY_PART, word);
export const keyRemedy = (word: string) => wordOf(KEY_REMEDY, word);
export const operation = (word: string) => wordOf(OPERATION, word);
export const state = (word: string) => wordOf(STATE, word);
export const shape = (word: string) => wordOf(SHAPE, word);
export const named = (target: string, what: string) => (target === "" ? what : `${target}`);

/** "1 time in N" for a probability; chances below one in 10,000 are not worth more digits. */
export function oneIn(chance: number): string {
  if (!(chance > 1e-4)) return "10,000 or more";
  return String(Math.max(1, Math.round(1 / chance)));
}

export const liveSource = (word: string) => wordOf(LIVE_SOURCE, word);

const ANSWER: Record<DecisionAnswers[DecisionNodeId], string> = {
  rising: "Yes.",
  "levelled-off": "No, they rose and have levelled off.",
  level: "No.",
  unknown: "Not known: what was captured does not tell.",
  "more-often": "Yes.",
  steady: "No, as often as before.",
  "less-often": "No, less often.",
  none: "No, the runtime started none.",
  explained: "Yes.",
  partly: "Only in part.",
  high: "Yes.",
  usual: "No, as far as is usual.",
  heap: "Yes.",
  outside: "No, most of its rise lies outside.",
  "not-rising": "It does not rise.",
};

const CONCLUSION: Record<DecisionLeafId, string> = {
  "goroutines-leak": "the goroutines come first: what they hold rises with them.",
  "heap-sites": "the heap holds more and more: the sites above say what.",
  "heap-unexplained": "the heap holds more and more, but too little was sampled to say what.",
  "outside-go": "the growth is not in Go's heap: look at C memory, mappings and files.",
  "collector-setting":
    "nothing that could be looked at piles up: the collector's settings decide how large the heap gets.",
  churn: "nothing that could be looked at piles up, but more and more is allocated and thrown away.",
  "warm-up": "something filled up and has settled, as caches and pools do.",
  level: "nothing that could be looked at piles up.",
  insufficient: "there is too little to tell.",
};

export const answer = (word: string) => wordOf(ANSWER, word);
export const conclusion = (word: string) => wordOf(CONCLUSION, word);

const DESCRIPTORS: Record<string, string> = {
  file: "files",
  "deleted-file": "deleted files",
  tcp: "TCP connections",
  udp: "UDP sockets",
  unix: "unix sockets",
  socket: "sockets",
  pipe: "pipes",
  eventpoll: "epoll instances",
  eventfd: "eventfds",
  timerfd: "timerfds",
  signalfd: "signalfds",
  inotify: "inotify instances",
  "io-uring": "io_uring instances",
  pidfd: "pidfds",
  memfd: "memfds",
  device: "devices",
  proc: "files of /proc",
  other: "descriptors",
};
export const descriptors = (word: string) => DESCRIPTORS[word] ?? word;

const MAPPING: Record<string, string> = {
  file: "mapped files",
  anonymous: "anonymous mappings",
  "shared-memory": "shared memory mappings",
};
export const mapping = (word: string) => MAPPING[word] ?? word;

const RSS_TERM: Record<string, string> = {
  "c-heap": "the C heap",
  "thread-stacks": "stacks of threads",
  anonymous: "anonymous mappings",
  files: "mapped files",
  "shared-memory": "shared memory",
  "outside-go": "nothing that Go accounts for",
};
export const rssTerm = (word: string) => RSS_TERM[word] ?? word;
const FINALIZER_KIND: Record<string, string> = { finalizer: "finalizer", cleanup: "cleanup" };
export const finalizerKind = (word: string) => FINALIZER_KIND[word] ?? word;
