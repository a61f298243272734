/**
 * What turns a database of version n into n + 1, oldest first; never changed once released. Every table is one that keeps
 * the newest row of a key, and is read with FINAL: a write that is repeated, wholly or in part, changes nothing.
 *
 * Tables that expire are partitioned by day (`at_ms` in days since 1970; five-minute metrics by 30 days): expiry drops
 * partitions, which costs nothing and needs no merge.
 */
export const CLICKHOUSE_MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE batches (id_hash UInt64, written DateTime DEFAULT now())
      ENGINE = ReplacingMergeTree ORDER BY id_hash TTL written + INTERVAL 1 DAY`,
    `CREATE TABLE targets (
        id String, first_seen_ms SimpleAggregateFunction(min, Int64), last_seen_ms SimpleAggregateFunction(max, Int64),
        newest SimpleAggregateFunction(max, Tuple(seen_ms Int64, address String, labels String)))
      ENGINE = AggregatingMergeTree ORDER BY id`,
    `CREATE TABLE metrics (
        target String CODEC(ZSTD(1)), metric LowCardinality(String), at_ms Int64 CODEC(Delta, ZSTD(1)),
        value Float64 CODEC(ZSTD(1)), written UInt64 CODEC(Delta, ZSTD(1)))
      ENGINE = ReplacingMergeTree(written) PARTITION BY intDiv(at_ms, 86400000) ORDER BY (target, metric, at_ms)`,
    `CREATE TABLE metrics_5m (
        target String CODEC(ZSTD(1)), metric LowCardinality(String), at_ms Int64 CODEC(Delta, ZSTD(1)),
        min Float64 CODEC(ZSTD(1)), max Float64 CODEC(ZSTD(1)), mean Float64 CODEC(ZSTD(1)), count UInt32 CODEC(ZSTD(1)),
        written UInt64 CODEC(Delta, ZSTD(1)))
      ENGINE = ReplacingMergeTree(written) PARTITION BY intDiv(at_ms, 2592000000) ORDER BY (target, metric, at_ms)`,
    `CREATE TABLE rollups (hour Int64, written UInt64) ENGINE = ReplacingMergeTree(written) ORDER BY hour`,
    `CREATE TABLE profiles (
        service LowCardinality(String), type LowCardinality(String), target String, at_ms Int64 CODEC(Delta, ZSTD(1)),
        unit LowCardinality(String), duration_ms Float64, total Float64,
        stack_hash Array(UInt64) CODEC(ZSTD(3)), value Array(Float64) CODEC(ZSTD(3)), written UInt64)
      ENGINE = ReplacingMergeTree(written) PARTITION BY intDiv(at_ms, 86400000) ORDER BY (service, type, target, at_ms)`,
    `CREATE TABLE stacks (hash UInt64, frames Array(LowCardinality(String)) CODEC(ZSTD(3)), seen_day UInt32)
      ENGINE = ReplacingMergeTree(seen_day) PARTITION BY intDiv(seen_day, 30) ORDER BY hash`,
    `CREATE TABLE runs (target String, slot_ms Int64, id String, body String CODEC(ZSTD(3)), written UInt64)
      ENGINE = ReplacingMergeTree(written) PARTITION BY intDiv(slot_ms, 86400000) ORDER BY (target, slot_ms, id)`,
    `CREATE TABLE captures (target String, kind LowCardinality(String), at_ms Int64, sha256 String, bytes UInt64)
      ENGINE = ReplacingMergeTree PARTITION BY intDiv(at_ms, 86400000) ORDER BY (target, kind, at_ms, sha256)`,
    `CREATE TABLE events (target String, at_ms Int64, batch UInt64, position UInt32, body String CODEC(ZSTD(3)))
      ENGINE = ReplacingMergeTree PARTITION BY intDiv(at_ms, 86400000) ORDER BY (at_ms, batch, position)`,
    `CREATE TABLE findings (id String, version UInt32, target String, state String, at_ms Int64, body String, written UInt64)
      ENGINE = ReplacingMergeTree(written) ORDER BY (id, version) SETTINGS fsync_after_insert = 1`,
    `CREATE TABLE alerts (id String, phase String, last_evaluated_ms Int64, body String)
      ENGINE = ReplacingMergeTree(last_evaluated_ms) ORDER BY id SETTINGS fsync_after_insert = 1`,
    `CREATE TABLE audit (sequence UInt64, at_ms Int64, hash String, body String)
      ENGINE = MergeTree ORDER BY sequence SETTINGS fsync_after_insert = 1`,
  ],
];

/** Rows of these expire by their day; the number of days that a partition holds. */
export const PARTITION_DAYS = {
  metrics: 1,
  metrics_5m: 30,
  profiles: 1,
  stacks: 30,
  runs: 1,
  captures: 1,
  events: 1,
} as const;
