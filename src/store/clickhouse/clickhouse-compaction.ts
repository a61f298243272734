import type { StoreConfig } from "../../patrol/config/patrol-config.ts";
import { DOWNSAMPLED_MS } from "../downsample.ts";
import { computeCutoffs, RESOLVED_ALERT_KEPT_MS } from "../retention.ts";
import type { CompactReport, CompactStep } from "../store.ts";
import { PARTITION_DAYS } from "./clickhouse-schema.ts";
import type { ClickHouseSession } from "./clickhouse-session.ts";

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
const LATE_MS = 10 * 60_000;

/** Makes five-minute rows of complete hours, and drops the partitions of days that are too old. */
export async function compactClickHouse(
  session: ClickHouseSession,
  retention: StoreConfig["retention"],
  nowMs: number,
  onStep?: (step: CompactStep) => void,
): Promise<CompactReport> {
  const report: CompactReport = {
    removedRows: 0,
    rewrittenHours: 0,
    bytesBefore: await measureBytes(session),
    bytesAfter: 0,
  };
  const tell = (table: string, removedRows: number, rewrittenHours: number) => {
    report.removedRows += removedRows;
    report.rewrittenHours += rewrittenHours;
    onStep?.({ table, removedRows, rewrittenHours });
  };
  // Hours with rows that are newer than their rollup: also those that were late.
  const hours = await session.select<{ hour: number; newest: number }>(
    `SELECT intDiv(at_ms, ${HOUR_MS}) AS hour, max(written) AS newest FROM metrics WHERE at_ms < {complete:Int64}
      GROUP BY hour ORDER BY hour`,
    { complete: Math.floor((nowMs - LATE_MS) / HOUR_MS) * HOUR_MS },
  );
  const done = new Map(
    (
      await session.select<{ hour: number; written: number }>(
        "SELECT hour, max(written) AS written FROM rollups GROUP BY hour",
      )
    ).map((row) => [row.hour, row.written]),
  );
  for (const { hour, newest } of hours) {
    if ((done.get(hour) ?? 0) >= newest) continue;
    await session.command(
      `INSERT INTO metrics_5m SELECT target, metric, intDiv(at_ms, ${DOWNSAMPLED_MS}) * ${DOWNSAMPLED_MS} AS at,
          min(value), max(value), avg(value), count(), {newest:UInt64}
        FROM metrics FINAL WHERE at_ms >= {from:Int64} AND at_ms < {to:Int64} GROUP BY target, metric, at`,
      { from: hour * HOUR_MS, to: (hour + 1) * HOUR_MS, newest },
    );
    await session.insert("rollups", [{ hour, written: newest }]);
    tell("metrics", 0, 1);
  }

  const cutoffs = computeCutoffs(retention, nowMs);
  await keepUsedStacks(session, cutoffs.profilesMs);
  for (const [table, beforeMs] of [
    ["metrics", cutoffs.metricsMs],
    ["metrics_5m", cutoffs.downsampledMs],
    ["profiles", cutoffs.profilesMs],
    ["stacks", cutoffs.profilesMs],
    ["runs", cutoffs.runsMs],
    ["events", cutoffs.runsMs],
    ["captures", cutoffs.capturesMs],
  ] as const) {
    // A partition goes when its last day is too old.
    const first = Math.floor(beforeMs / (PARTITION_DAYS[table] * DAY_MS));
    const partitions = await session.select<{ id: string; rows: number }>(
      `SELECT partition_id AS id, sum(rows) AS rows FROM system.parts
        WHERE database = currentDatabase() AND table = {table:String} AND active AND toInt64(partition) < {first:Int64}
        GROUP BY id`,
      { table, first },
    );
    for (const { id, rows } of partitions) {
      await session.command(`ALTER TABLE ${table} DROP PARTITION ID '${id}'`);
      tell(table, rows, 0);
    }
  }
  const where = "phase = 'inactive' AND last_evaluated_ms < {before:Int64}";
  const before = Math.floor(nowMs - RESOLVED_ALERT_KEPT_MS);
  const [over] = await session.select<{ rows: number }>(
    `SELECT count() AS rows FROM alerts FINAL WHERE ${where}`,
    { before },
  );
  if (over!.rows > 0) {
    // Merged first: otherwise an older row of the same alert would come to light.
    await session.command("OPTIMIZE TABLE alerts FINAL");
    await session.command(`DELETE FROM alerts WHERE ${where}`, { before });
    tell("alerts", over!.rows, 0);
  }
  report.bytesAfter = await measureBytes(session);
  return report;
}

/** Stacks of partitions that are about to go are written anew if a profile that stays has them. */
async function keepUsedStacks(session: ClickHouseSession, profilesMs: number): Promise<void> {
  const days = PARTITION_DAYS.stacks;
  const first = Math.floor(profilesMs / (days * DAY_MS)) * days;
  await session.command(
    `INSERT INTO stacks SELECT hash, any(frames), {day:UInt32} FROM stacks
      WHERE seen_day < {first:UInt32} AND hash NOT IN (SELECT hash FROM stacks WHERE seen_day >= {first:UInt32})
        AND hash IN (SELECT arrayJoin(stack_hash) FROM profiles WHERE at_ms >= {from:Int64}) GROUP BY hash`,
    {
      first: Math.max(0, first),
      day: Math.max(0, Math.ceil(profilesMs / DAY_MS)),
      from: Math.floor(profilesMs),
    },
  );
}

/** Bytes on disk of all tables' active parts. */
export async function measureBytes(session: ClickHouseSession): Promise<number> {
  const [row] = await session.select<{ bytes: number }>(
    "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE database = currentDatabase() AND active",
  );
  return row?.bytes ?? 0;
}
