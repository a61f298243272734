import type { VolatilePart } from "./map-key.ts";
import type { Removal } from "./removals.ts";

/** How a statement keeps a value. */
export type StoreKind =
  /** m[k] = v */
  | "map-assign"
  /** x = append(x, v) */
  | "append"
  /** sync.Map: m.Store(k, v) and the like */
  | "sync-map-store"
  /** container/list: l.PushBack(v) and the like */
  | "list-push"
  /** container/heap: heap.Push(h, v) */
  | "heap-push"
  /** A metric's labels: v.WithLabelValues(a, b) makes a series for each combination. */
  | "label-values"
  /** ch <- v */
  | "channel-send"
  /** A function literal or method value, with what it captures, kept in a container. */
  | "closure-register"
  /** s += v on a string that outlives the statement */
  | "string-concat"
  /** A method of a type whose source is not at hand and whose name says that it keeps: cache.Add(k, v). */
  | "method-store"
  /** x.f = v */
  | "field-assign"
  /** packageVariable = v */
  | "global-assign"
  /** x[i] = v on a slice or array */
  | "element-assign"
  /** *p = v */
  | "pointer-assign"
  /** atomic.Value, atomic.Pointer: x.Store(v) */
  | "atomic-store"
  /** sync.Pool: p.Put(v) */
  | "pool-put";

/**
 * How long the container lives as far as the code tells. `package`: a package variable. `long`: reached through a
 * receiver, a closure or something else that was there before. `loop`: a local variable that outlives the turns of a
 * loop. `call`: a local variable of a call.
 */
export type Lifetime = "package" | "long" | "loop" | "call";

export interface RetentionStep {
  kind: "allocate" | "assign" | "return" | "pass" | "subslice" | "convert" | "store";
  file: string;
  line: number;
  /** As declared: "(*Store).Put". */
  function: string;
  text: string;
}

/** A key and the part of it that takes ever new values. */
export interface AvoidableKey {
  /** The key as the statement writes it. */
  text: string;
  part: VolatilePart;
}

export interface ChannelUse {
  /** The make(chan T, n); absent if it is not in sight. */
  madeAt?: { file: string; line: number; text: string };
  /** Elements that its buffer holds, if that is a number in the source. */
  capacity?: number;
  receives: { file: string; line: number; function: string; text: string }[];
}

/** The statement that keeps the value. */
export interface RetainedStore {
  kind: StoreKind;
  /** What the statement does by its form: of a "closure-register" the append or map assignment that it is. */
  base: StoreKind;
  file: string;
  line: number;
  /** As declared: "(*Store).Put". */
  function: string;
  text: string;
  /** What it is kept in, as the statement writes it: "s.sessions". */
  target: string;
  /** The same by declaration: "Store.sessions", "cache" for a package variable. */
  owner: string;
  /** "map[string]*Session", if it could be told. */
  targetType?: string;
  lifetime: Lifetime;
  /** True if the value reached the store as a part of a larger one (x[a:b], strings.Cut …) without a copy between. */
  subslice: boolean;
  /** True if what is stored is the memory itself, not a larger value that leads to it. */
  isBare: boolean;
  /** Statements of the package that shrink or bound the target; empty means nothing was found that does. */
  removals: Removal[];
  /** True if what is kept are callbacks: functions, or objects that somebody subscribed with. */
  registersListener: boolean;
  /** What the keys are made of that should be normalised away. */
  avoidableKey?: AvoidableKey;
  /** Of a map: bytes of a key and its value in a table, on a 64-bit system. */
  slotBytes?: number;
  /** Of a channel: where it is made and read. */
  channel?: ChannelUse;
}

/** Where and how a value is kept, without what the rest of the package says of the container. */
export type StoreStatement = Omit<
  RetainedStore,
  "removals" | "registersListener" | "avoidableKey" | "slotBytes" | "channel"
>;

/** The way of a value from its allocation to the statement that keeps it. */
export interface RetentionPath {
  steps: RetentionStep[];
  store: RetainedStore;
  /** Other statements that keep it just as well, without their removals; the first few. */
  otherStores: StoreStatement[];
}

/** True for a store that makes its target larger each time; the others replace what was there. */
export function isGrowing(kind: StoreKind): boolean {
  switch (kind) {
    case "field-assign":
    case "global-assign":
    case "element-assign":
    case "pointer-assign":
    case "atomic-store":
    case "pool-put":
      return false;
    default:
      return true;
  }
}

/** What a method of a container does with its arguments. */
export interface ContainerMethod {
  kind: StoreKind;
  /** How sure the name alone makes us: false where the type is not known either. */
  isKnown: boolean;
}

const SYNC_MAP_STORES = new Set(["Store", "LoadOrStore", "Swap", "CompareAndSwap"]);
const LIST_PUSHES = new Set([
  "PushBack",
  "PushFront",
  "InsertBefore",
  "InsertAfter",
  "PushBackList",
  "PushFrontList",
]);
/** Metric vectors of prometheus/client_golang and its imitators. */
const LABELLING_NAME = /^(?:WithLabelValues|GetMetricWithLabelValues|GetMetricWith)$/;
const KEEPING_NAME =
  /^(?:[Aa]dd|[Ss]et|[Pp]ut|[Ss]tore|[Pp]ush|[Ii]nsert|[Aa]ppend|[Ee]nqueue|[Rr]egister|[Ss]ubscribe|[Tt]rack|[Rr]emember|[Cc]ache|On|Listen|Handle|Offer|Record)(?:$|[A-Z_\d])/;

/**
 * The store that calling a method without source amounts to. `receiverType` is canonical ("sync.Map"), "" if not
 * known. Undefined for methods that keep nothing, which includes all other methods of the standard library.
 */
export function findContainerMethod(receiverType: string, name: string): ContainerMethod | undefined {
  switch (receiverType) {
    case "sync.Map":
      return SYNC_MAP_STORES.has(name) ? { kind: "sync-map-store", isKnown: true } : undefined;
    case "expvar.Map":
      return /^(?:Add|AddFloat|Set)$/.test(name) ? { kind: "sync-map-store", isKnown: true } : undefined;
    case "container/list.List":
      return LIST_PUSHES.has(name) ? { kind: "list-push", isKnown: true } : undefined;
    case "sync.Pool":
      return name === "Put" ? { kind: "pool-put", isKnown: true } : undefined;
    case "sync/atomic.Value":
    case "sync/atomic.Pointer":
      return name === "Store" || name === "Swap" || name === "CompareAndSwap"
        ? { kind: "atomic-store", isKnown: true }
        : undefined;
  }
  if (LABELLING_NAME.test(name) || (name === "With" && receiverType.endsWith("Vec"))) {
    return { kind: "label-values", isKnown: true };
  }
  if (!KEEPING_NAME.test(name) || isStandardType(receiverType)) return undefined;
  return { kind: "method-store", isKnown: receiverType !== "" };
}

/** True for "net/http.Header" and other types whose import path has no dot in its first element. */
export function isStandardType(receiverType: string): boolean {
  const path = receiverType.slice(0, receiverType.lastIndexOf("."));
  return path !== "" && !path.split("/")[0]!.includes(".");
}
