/**
 * What a look at the memory of a process found in its heap, in figures and names alone: no value of the program's data
 * is in here, of keys only their forms.
 */
export interface HeapContents {
  /** What was looked at; a running process could not be stopped, so that its figures are of several moments. */
  source: "core" | "process" | "running-process" | "dump";
  goVersion: string;
  /** Without debug information variables have no names. */
  isStripped: boolean;
  /** What can be reached: garbage that waits for the next collection is not part of it. */
  reachableBytes: number;
  reachableObjects: number;
  goroutines: number;
  /** For how long the process stood still, and how much was copied; undefined for a file and a running process. */
  pauseMs: number | undefined;
  /** Variables, goroutines and other roots by what each alone keeps alive, largest first. */
  owners: HeapRootOwner[];
  /** Maps, slices and channels by the place that holds them, by what they keep alive, largest first. */
  containers: HeapContainer[];
  /** Large objects of which only a small part is still named, by the place that names it. */
  partlyUsed: PartlyUsedObjects[];
  finalizers: FinalizerState;
  pools: PoolContents[];
}

interface HeapRootOwner {
  /** "main.cache", "goroutine 12 (main.worker)". */
  name: string;
  kind: string;
  retainedBytes: number;
  /** Where it piles up: the Go expression that leads there, and what is there. */
  point: { name: string; type: string; retainedBytes: number } | undefined;
}

export type HeapContainerKind = "map" | "slice" | "channel";

/** Containers of one kind that one place of the program holds: a variable, or a field of all values of a type. */
export interface HeapContainer {
  kind: HeapContainerKind;
  /** "main.cache", "session.Store.sessions"; the way that leads there where nothing that has a name holds it. */
  owner: string;
  /** The place has a name in the source, without the way that leads to it. */
  isNamed: boolean;
  /** "map[string]*session.Session", "sync.Map"; "" if not known. */
  type: string;
  /** How many containers there are at this place. */
  count: number;
  /** Of all of them: entries, elements or what waits in channels. */
  entries: number;
  /** Slots of maps, room of slices and channels. */
  capacity: number;
  retainedBytes: number;
  /** Of the one that keeps most. */
  largest: HeapContainerInstance;
  /** What is kept are functions, or values of an interface for those that want to be told. */
  holdsCallbacks: boolean;
  /** Where sampled objects that they alone keep alive were allocated, most frequent first. */
  allocatedAt: HeapAllocationPlace[];
}

export interface HeapContainerInstance {
  entries: number;
  capacity: number;
  retainedBytes: number;
  /** Of that, entries that others point to as well, as the list of a cache does beside its map. */
  sharedBytes: number;
  /** Its tables, array or buffer. */
  ownBytes: number;
  /** Of a map: what it would need less if it were made anew. */
  reclaimableBytes: number;
  /** Here memory fans out: no single value in it keeps most of what it keeps. */
  isAccumulation: boolean;
  /** The Go expression that leads to it from a variable or goroutine. */
  path: string;
  keys: HeapKeyForms | undefined;
  /** The function that most of the closures in it are of, and how many there are. */
  callback: { function: string; closures: number } | undefined;
  /** Of a channel: goroutines that wait. */
  senders: number;
  receivers: number;
}

/** What a map's keys look like, of those looked at. */
export interface HeapKeyForms {
  sampled: number;
  /** Most frequent forms, with what varies as "N" (digits), "H" (hexadecimal), "U" (a UUID), "T" (a time), "a" (letters). */
  forms: { form: string; share: number }[];
  /** Distinct forms, as a share of the keys looked at. */
  distinctForms: number;
  /** In bytes; undefined if they are no strings. */
  length: { min: number; median: number; max: number } | undefined;
  entropyBitsPerByte: number;
}

export interface HeapAllocationPlace {
  /** From the first frame that is not the runtime's, innermost first. */
  stack: { function: string; file: string; line: number }[];
  /** Sampled objects, not all. */
  samples: number;
}

export interface PartlyUsedObjects {
  /** The field or variable whose strings or slices are the part that is left. */
  owner: string;
  objects: number;
  bytes: number;
  usedBytes: number;
}

export interface FinalizerState {
  /** Finalizers and cleanups that wait for their objects to die. */
  registered: number;
  /** Those that are due and have not run, and what they keep until then. */
  due: number;
  dueBytes: number;
  dueTypes: { type: string; objects: number }[];
  /** A goroutine that runs them and stands in the program's code. */
  stuck: FinalizerGoroutine | undefined;
  /** Objects that are alive only because their own finalizer or cleanup leads back to them. */
  pinned: PinnedObjects[];
}

interface FinalizerGoroutine {
  kind: "finalizer" | "cleanup";
  waitReason: string;
  /** Innermost own frame first. */
  stack: { function: string; file: string; line: number }[];
}

export interface PinnedObjects {
  /** "closure": the function itself leads to the object; "cycle": the object's pointers lead back to it. */
  by: "closure" | "cycle";
  kind: "finalizer" | "cleanup";
  type: string;
  /** The function that is to run, where it begins; "" where nothing tells. */
  site: { function: string; file: string; line: number };
  objects: number;
  retainedBytes: number;
}

/** A sync.Pool with what lies in it now. */
export interface PoolContents {
  owner: string;
  /** Of the values, "" if not known. */
  type: string;
  values: number;
  retainedBytes: number;
  largestBytes: number;
  /** Sampled objects that were made by the same functions and are in use elsewhere: values that are taken just now. */
  takenBytes: number;
  /** Values that still have what their last user wrote: a slice of theirs is not cut to length 0. */
  filled: number;
  /** A field of such a slice, "" for the value itself. */
  filledField: string;
}
