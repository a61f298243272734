import { z } from "zod";
import { parseHostAndPort, renderHostAndPort } from "./address.ts";
import { LATENCY_METRIC } from "./check-metric.ts";
import { defineCheckType } from "./define-check-type.ts";
import { portOption, TLS_OPTIONS } from "./option-schemas.ts";
import { ACCESS_PROBLEMS } from "./problem-codes.ts";

const options = z.strictObject({
  port: portOption.optional(),
  ...TLS_OPTIONS,
  info: z.boolean().default(true).describe("Ask INFO; without it only PING"),
});

const REDIS_PORT = 6379;

export const redisType = defineCheckType({
  kind: "redis",
  heavy: false,
  cost: "One connection, AUTH, PING and INFO; the server's own thread is busy for about 0.1 ms.",
  options,
  metrics: {
    ...LATENCY_METRIC,
    connect_ms: { unit: "ms", meaning: "until the connection is ready, with AUTH" },
    ping_ms: { unit: "ms", meaning: "PING to PONG" },
    used_memory_bytes: { unit: "bytes", meaning: "what Redis has allocated" },
    used_memory_rss_bytes: { unit: "bytes", meaning: "its resident set" },
    used_memory_peak_bytes: { unit: "bytes", meaning: "the most it had allocated" },
    used_memory_dataset_bytes: { unit: "bytes", meaning: "allocated for the data itself" },
    maxmemory_bytes: { unit: "bytes", meaning: "its limit; absent if it has none" },
    memory_share: { unit: "ratio", meaning: "used_memory of maxmemory" },
    fragmentation_ratio: { unit: "ratio", meaning: "resident set over allocated" },
    is_master: { unit: "flag", meaning: "1 for a master, 0 for a replica" },
    connected_replicas: { unit: "count", meaning: "replicas of this master" },
    replication_link_up: { unit: "flag", meaning: "of a replica: whether it is connected to its master" },
    replication_lag_seconds: {
      unit: "seconds",
      meaning: "of a replica: since it last heard from its master",
    },
    connected_clients: { unit: "count", meaning: "connections of clients" },
    blocked_clients: { unit: "count", meaning: "clients that wait in a blocking command" },
    rejected_connections: {
      unit: "count",
      meaning: "refused because of maxclients, since the start",
      counter: true,
    },
    operations_per_second: { unit: "per-second", meaning: "commands at the moment" },
    keyspace_hits: { unit: "count", meaning: "keys found, since the start", counter: true },
    keyspace_misses: { unit: "count", meaning: "keys not found, since the start", counter: true },
    hit_ratio: { unit: "ratio", meaning: "hits of hits and misses since the previous check" },
    evicted_keys: { unit: "count", meaning: "thrown out for want of memory, since the start", counter: true },
    expired_keys: { unit: "count", meaning: "expired, since the start", counter: true },
    last_save_ok: { unit: "flag", meaning: "whether the last RDB save succeeded" },
    aof_write_ok: { unit: "flag", meaning: "whether the last AOF write succeeded" },
    uptime_seconds: { unit: "seconds", meaning: "since the server started" },
  },
  problems: [...ACCESS_PROBLEMS, "not-ready", "too-many-connections", "bad-response"],
  plan(target, { port, info }) {
    const address = renderHostAndPort(parseHostAndPort(target, port ?? REDIS_PORT));
    return [`redis ${address}: PING${info ? ", INFO" : ""}`];
  },
});

export { REDIS_PORT };
