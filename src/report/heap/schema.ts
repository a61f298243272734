import { z } from "zod";

const bytes = z.number().nonnegative();
const count = z.int().nonnegative();
const place = z.object({ function: z.string(), file: z.string(), line: z.int() });
const local = z
  .object({ variable: z.string(), function: z.string(), goroutine: count })
  .describe("the local variable of a stack that holds it; variable is empty if the compiler tells none")
  .optional();
const point = z.object({
  name: z.string(),
  type: z.string(),
  retainedBytes: bytes,
  address: z.number(),
  local: local.describe("the local variable through which the way to it leads"),
});
const owner = z.object({
  name: z.string(),
  kind: z.string(),
  retainedBytes: bytes,
  share: z.number(),
  point: point.nullable(),
});
const row = z.object({ name: z.string(), objects: count, bytes });
const range = z.object({ min: z.number(), max: z.number() });
const keys = z.object({
  sampled: count,
  length: z.object({ min: count, median: count, max: count }).nullable(),
  range: range.nullable(),
  commonPrefix: z.string(),
  shapes: z.array(z.object({ shape: z.string(), share: z.number() })),
  distinctAfterNormalising: z.number(),
  entropyBitsPerByte: z.number(),
});
const map = z.object({
  type: z.string(),
  address: z.number(),
  entries: count,
  counted: count.nullable(),
  slots: count,
  isGrowing: z.boolean(),
  ownBytes: bytes,
  groupBytes: bytes,
  reclaimableBytes: bytes,
  keys: keys.nullable(),
  owner: z.string(),
  retainedBytes: bytes,
  hops: count,
  allocatedAt: z.array(z.object({ stack: z.array(place), objects: count })),
});
const syncMap = z.object({ name: z.string(), entries: count });
const goroutines = z.array(
  z.object({
    count,
    status: z.string(),
    waitReason: z.string(),
    stack: z.array(place),
    createdBy: place.nullable(),
    stackBytes: bytes,
    retainedBytes: bytes,
    ids: z.array(z.number()),
  }),
);
const spans = z.array(
  z.object({
    elementBytes: bytes,
    hasPointers: z.boolean(),
    spans: count,
    slots: count,
    used: count,
    freeBytes: bytes,
    tailBytes: bytes,
  }),
);
const specials = z.object({ finalizers: count, cleanups: count, weakHandles: count, queued: count });
const step = z.object({
  name: z.string(),
  type: z.string(),
  address: z.number(),
  bytes,
  retainedBytes: bytes,
  local,
});
const side = z.object({ bytes, objects: count, goroutines: count });
const changes = z.array(
  z.object({
    name: z.string(),
    beforeBytes: bytes,
    afterBytes: bytes,
    beforeCount: count,
    afterCount: count,
    olderBytes: bytes.nullable(),
  }),
);
const head = { format: z.literal("gopatrol-heap"), version: z.literal(1), gopatrol: z.string() };

/** What `gopatrol heap --format json` promises, one form for each view. Published under docs/schema/. */
export const heapSchema = z.discriminatedUnion("view", [
  z.object({
    ...head,
    view: z.literal("report"),
    goVersion: z.string(),
    layoutBy: z.enum(["table", "debug-information"]),
    stripped: z.boolean(),
    identity: z.enum(["same-build-id", "same-text", "not-checked"]),
    objects: count,
    bytes,
    reachableObjects: count,
    reachableBytes: bytes,
    goroutines: count,
    stackBytes: bytes,
    globals: count,
    specials,
    checks: z.object({
      badPointers: count,
      damagedSpans: count,
      missingBytes: bytes,
      missingShare: z.number(),
      copiedOverMs: z.number(),
      unknownMasks: count,
      incompleteStacks: count,
      typedObjects: z.number(),
      typedBytes: z.number(),
      heldBytes: z.number(),
      codeBytes: z.number(),
      unreachableObjects: count,
    }),
    owners: z.array(owner),
    suspects: z.array(owner),
    types: z.array(row),
    packages: z.array(row),
    maps: z.array(map),
    syncMaps: z.array(syncMap),
    goroutineGroups: goroutines,
    spans,
  }),
  z.object({
    ...head,
    view: z.literal("histogram"),
    goVersion: z.string(),
    by: z.enum(["type", "package", "owner"]),
    objects: count,
    bytes,
    rowCount: count,
    rows: z.array(row),
  }),
  z.object({ ...head, view: z.literal("maps"), maps: z.array(map), syncMaps: z.array(syncMap) }),
  z.object({ ...head, view: z.literal("goroutines"), goroutineGroups: goroutines }),
  z.object({
    ...head,
    view: z.literal("channels"),
    channels: z.array(
      z.object({
        owner: z.string(),
        type: z.string(),
        address: z.number(),
        length: count,
        capacity: count,
        elementBytes: bytes,
        retainedBytes: bytes,
        closed: z.boolean(),
        receivers: count,
        senders: count,
      }),
    ),
  }),
  z.object({
    ...head,
    view: z.literal("strings"),
    strings: count,
    stringsWastedBytes: bytes,
    duplicates: z.array(z.object({ text: z.string(), length: count, copies: count, wastedBytes: bytes })),
    slices: z.array(z.object({ holder: z.string(), slices: count, usedBytes: bytes, unusedBytes: bytes })),
    pinned: z.array(
      z.object({ holder: z.string(), address: z.number(), objectBytes: bytes, usedBytes: bytes }),
    ),
  }),
  z.object({ ...head, view: z.literal("spans"), spans }),
  z.object({ ...head, view: z.literal("finalizers"), specials, roots: z.array(step) }),
  z.object({
    ...head,
    view: z.literal("path"),
    address: z.number(),
    type: z.string(),
    bytes,
    retainedBytes: bytes,
    reachable: z.boolean(),
    path: z.array(step),
    dominators: z.array(step),
  }),
  z.object({ ...head, view: z.literal("retained"), found: z.array(step) }),
  z.object({
    ...head,
    view: z.literal("query"),
    objects: count,
    bytes,
    retainedBytes: bytes,
    largest: z.array(step),
  }),
  z.object({
    ...head,
    view: z.literal("diff"),
    before: side,
    after: side,
    age: z.object({
      sameProcess: z.enum(["yes", "no", "unknown"]),
      seconds: z.number().nullable(),
      basis: z.enum(["given", "measured", "files"]).nullable(),
      objects: count,
      bytes,
    }),
    types: changes,
    owners: changes,
    maps: changes,
  }),
]);
