import type { Pattern } from "../pattern.ts";
import { allocChurn } from "./alloc-churn.ts";
import { blockedIo } from "./blocked-io.ts";
import { blockedLock } from "./blocked-lock.ts";
import { blockedReceive } from "./blocked-receive.ts";
import { blockedSelect } from "./blocked-select.ts";
import { blockedSend } from "./blocked-send.ts";
import { blockedSleep } from "./blocked-sleep.ts";
import { blockedWaitgroup } from "./blocked-waitgroup.ts";
import { cgo } from "./cgo.ts";
import { channelBacklog } from "./channel-backlog.ts";
import { clientPerRequest } from "./client-per-request.ts";
import { context } from "./context.ts";
import { fd } from "./fd.ts";
import { finalizerBacklog } from "./finalizer-backlog.ts";
import { finalizerPin } from "./finalizer-pin.ts";
import { gogcHigh } from "./gogc-high.ts";
import { gogcLow } from "./gogc-low.ts";
import { gogcOff } from "./gogc-off.ts";
import { httpBody } from "./http-body.ts";
import { httpTransport } from "./http-transport.ts";
import { limitThrash } from "./limit-thrash.ts";
import { listenerRegistry } from "./listener-registry.ts";
import { longStw } from "./long-stw.ts";
import { mallocBurst } from "./malloc-burst.ts";
import { mapHighCardinality } from "./map-high-cardinality.ts";
import { mapNeverShrinks } from "./map-never-shrinks.ts";
import { markAssist } from "./mark-assist.ts";
import { mmap } from "./mmap.ts";
import { noMemoryLimit } from "./no-memory-limit.ts";
import { notReleased } from "./not-released.ts";
import { outsideGo } from "./outside-go.ts";
import { plugin } from "./plugin.ts";
import { sliceGrowthWaste } from "./slice-growth-waste.ts";
import { stackHeavy } from "./stack-heavy.ts";
import { stringConcat } from "./string-concat.ts";
import { subsliceRetention } from "./subslice-retention.ts";
import { syncPool } from "./sync-pool.ts";
import { timer } from "./timer.ts";
import { unboundedMap } from "./unbounded-map.ts";
import { unboundedSlice } from "./unbounded-slice.ts";

/** Every pattern there is, in no particular order: a new one is added here and to PATTERN_IDS. */
export const ALL_PATTERNS: readonly Pattern[] = [
  unboundedMap,
  unboundedSlice,
  subsliceRetention,
  mapHighCardinality,
  mapNeverShrinks,
  listenerRegistry,
  channelBacklog,
  sliceGrowthWaste,
  stringConcat,
  blockedSend,
  blockedReceive,
  blockedSelect,
  blockedLock,
  blockedIo,
  blockedSleep,
  blockedWaitgroup,
  stackHeavy,
  allocChurn,
  gogcOff,
  gogcLow,
  gogcHigh,
  noMemoryLimit,
  limitThrash,
  finalizerBacklog,
  finalizerPin,
  mallocBurst,
  markAssist,
  longStw,
  httpBody,
  clientPerRequest,
  fd,
  mmap,
  cgo,
  plugin,
  notReleased,
  outsideGo,
  httpTransport,
  timer,
  context,
  syncPool,
];
