/** `name:value` lines of INFO, sections dropped. */
export function parseRedisInfo(text: string): Map<string, string> {
  const info = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/^([a-zA-Z0-9_]{1,64}):([^\r\n]{0,400})/gm))
    info.set(name!, value!);
  return info;
}

/** INFO's name → ours. */
const NUMBERS = {
  used_memory: "used_memory_bytes",
  used_memory_rss: "used_memory_rss_bytes",
  used_memory_peak: "used_memory_peak_bytes",
  used_memory_dataset: "used_memory_dataset_bytes",
  mem_fragmentation_ratio: "fragmentation_ratio",
  connected_slaves: "connected_replicas",
  connected_clients: "connected_clients",
  blocked_clients: "blocked_clients",
  rejected_connections: "rejected_connections",
  instantaneous_ops_per_sec: "operations_per_second",
  keyspace_hits: "keyspace_hits",
  keyspace_misses: "keyspace_misses",
  evicted_keys: "evicted_keys",
  expired_keys: "expired_keys",
  uptime_in_seconds: "uptime_seconds",
} as const;

const OK_FLAGS = {
  rdb_last_bgsave_status: "last_save_ok",
  aof_last_write_status: "aof_write_ok",
} as const;

/** The metrics of the `redis` check that INFO tells; what it does not say is absent. */
export function readRedisInfo(info: ReadonlyMap<string, string>): Record<string, number> {
  const metrics: Record<string, number> = {};
  const number = (name: string): number => {
    const text = info.get(name) ?? "";
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  };
  for (const [name, metric] of Object.entries(NUMBERS)) metrics[metric] = number(name);
  for (const [name, metric] of Object.entries(OK_FLAGS)) {
    const status = info.get(name);
    if (status !== undefined) metrics[metric] = status === "ok" ? 1 : 0;
  }
  const limit = number("maxmemory");
  if (limit > 0) {
    metrics["maxmemory_bytes"] = limit;
    metrics["memory_share"] = number("used_memory") / limit;
  }
  const role = info.get("role");
  if (role !== undefined) metrics["is_master"] = role === "master" ? 1 : 0;
  const link = info.get("master_link_status");
  if (link !== undefined) metrics["replication_link_up"] = link === "up" ? 1 : 0;
  // -1 while the link is down.
  const lag = number("master_last_io_seconds_ago");
  if (lag >= 0) metrics["replication_lag_seconds"] = lag;
  return metrics;
}

/** NaN at the first look, after a restart, and where nobody asked for a key. */
export function computeHitRatio(
  now: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>> | undefined,
): number {
  const delta = (name: string): number => (now[name] ?? Number.NaN) - (before?.[name] ?? Number.NaN);
  const [hits, misses] = [delta("keyspace_hits"), delta("keyspace_misses")];
  return hits >= 0 && misses >= 0 && hits + misses > 0 ? hits / (hits + misses) : Number.NaN;
}
