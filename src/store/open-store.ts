import type { StoreConfig } from "../patrol/config/patrol-config.ts";
import { MemoryStore } from "./memory-store.ts";
import { type Store, StoreError } from "./store.ts";

/**
 * Opens the configured engine, making its tables if they are not there and bringing older ones up to date.
 *
 * @throws StoreError with what to do next
 */
export async function openStore(config: StoreConfig): Promise<Store> {
  switch (config.engine) {
    case "memory":
      return new MemoryStore(config.retention);
    default:
      throw new StoreError("failed", `the engine ${config.engine} is not there yet`, "Use the memory engine");
  }
}
