import { StoreError } from "../store.ts";
import { CLICKHOUSE_MIGRATIONS } from "./clickhouse-schema.ts";
import { type ClickHousePlace, ClickHouseSession } from "./clickhouse-session.ts";

/**
 * Makes the database and brings its tables up to date. ClickHouse has no transactions for this, so each statement can be
 * repeated: an upgrade that was cut off is finished by the next start.
 *
 * @throws StoreError
 */
export async function migrateClickHouse(
  place: ClickHousePlace,
  { readOnly }: { readOnly: boolean },
): Promise<void> {
  if (!/^\w+$/.test(place.database)) {
    throw new StoreError(
      "failed",
      `"${place.database}" cannot name a database`,
      "Use letters, digits and underscores in store.clickhouse.database",
    );
  }
  if (!readOnly) {
    const server = new ClickHouseSession(place, { inDatabase: false });
    try {
      await server.command(`CREATE DATABASE IF NOT EXISTS ${place.database}`);
    } finally {
      await server.close();
    }
  }
  const session = new ClickHouseSession(place);
  try {
    if (!readOnly) {
      await session.command(
        `CREATE TABLE IF NOT EXISTS schema_versions (version UInt32, at DateTime DEFAULT now())
          ENGINE = MergeTree ORDER BY version`,
      );
    }
    const [row] = await session.select<{ version: number }>(
      "SELECT max(version) AS version FROM schema_versions",
    );
    const version = row?.version ?? 0;
    const newest = CLICKHOUSE_MIGRATIONS.length;
    if (version > newest) {
      throw new StoreError(
        "newer-schema",
        `the database ${place.database} is of schema version ${version}, this gopatrol knows ${newest}`,
        "Use the newer gopatrol that wrote it, or another database",
      );
    }
    if (readOnly) return;
    for (let next = version; next < newest; next++) {
      for (const statement of CLICKHOUSE_MIGRATIONS[next]!) {
        await session.command(statement.replace(/^CREATE TABLE /, "CREATE TABLE IF NOT EXISTS "));
      }
      await session.insert("schema_versions", [{ version: next + 1 }]);
    }
  } finally {
    await session.close();
  }
}
