import type { StoreConfig } from "../patrol/config/patrol-config.ts";
import { MemoryStore } from "./memory-store.ts";
import { SqliteStore } from "./sqlite/sqlite-store.ts";
import { type Store, StoreError } from "./store.ts";

/** Writes that come in quick succession share a commit: so long may one of them wait. */
const LINGER_MS = 100;

/**
 * Opens the configured engine, making its tables if they are not there and bringing older ones up to date. `readOnly`
 * changes nothing and works beside a patrol that runs.
 *
 * @throws StoreError with what to do next
 */
export async function openStore(
  config: StoreConfig,
  { readOnly = false }: { readOnly?: boolean } = {},
): Promise<Store> {
  switch (config.engine) {
    case "memory":
      return new MemoryStore(config.retention);
    case "sqlite":
      return SqliteStore.open({
        dir: config.dir,
        readOnly,
        retention: config.retention,
        lingerMs: LINGER_MS,
      });
    default:
      throw new StoreError("failed", `the engine ${config.engine} is not there yet`, "Use sqlite");
  }
}
