import { join } from "node:path";
import type { SecretRef, StoreConfig } from "../patrol/config/patrol-config.ts";
import { FolderCaptures } from "./captures/folder-captures.ts";
import { S3Captures } from "./captures/s3-captures.ts";
import { ClickHouseStore } from "./clickhouse/clickhouse-store.ts";
import { MemoryStore } from "./memory-store.ts";
import type { RawCaptures } from "./raw-captures.ts";
import { SqliteStore } from "./sqlite/sqlite-store.ts";
import { type Store, StoreError } from "./store.ts";

export interface OpenStoreOptions {
  /** Clear text of a secret that the configuration names. Default: there are none. */
  secret?: (ref: SecretRef) => Promise<string>;
  /** Changes nothing, and works beside a patrol that runs. */
  readOnly?: boolean;
}

/** Writes that come in quick succession share a commit: so long may one of them wait. */
const SQLITE_LINGER_MS = 5;
const CLICKHOUSE_LINGER_MS = 1000;

/**
 * Opens the configured engine, making its tables if they are not there and bringing older ones up to date.
 *
 * @throws StoreError with what to do next
 */
export async function openStore(
  config: StoreConfig,
  { secret = refuseSecret, readOnly = false }: OpenStoreOptions = {},
): Promise<Store> {
  const { retention } = config;
  switch (config.engine) {
    case "memory":
      return new MemoryStore(retention);
    case "sqlite":
      return SqliteStore.open({ dir: config.dir, readOnly, retention, lingerMs: SQLITE_LINGER_MS });
    case "clickhouse": {
      if (config.clickhouse === null) {
        throw new StoreError("failed", "the place of ClickHouse is not given", "Set store.clickhouse.url");
      }
      const { url, database, user, password } = config.clickhouse;
      const place = {
        url,
        database,
        user: user === null ? null : await secret(user),
        password: password === null ? null : await secret(password),
      };
      return ClickHouseStore.open(place, { retention, readOnly, lingerMs: CLICKHOUSE_LINGER_MS });
    }
  }
}

/** Opens where raw captures are kept: the store's folder, or the configured bucket. Throws StoreError. */
export async function openRawCaptures(
  config: StoreConfig,
  { secret = refuseSecret }: Pick<OpenStoreOptions, "secret"> = {},
): Promise<RawCaptures> {
  if (config.captures.kind === "folder") return FolderCaptures.open(join(config.dir, "captures"));
  const { endpoint, bucket, region, keyId, secretKey } = config.captures;
  return new S3Captures({
    endpoint,
    bucket,
    region,
    keyId: await secret(keyId),
    secretKey: await secret(secretKey),
  });
}

function refuseSecret(): Promise<string> {
  return Promise.reject(
    new StoreError(
      "refused",
      "the store's secrets cannot be read here",
      "Open it with the configuration's secrets",
    ),
  );
}
