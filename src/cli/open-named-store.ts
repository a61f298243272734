import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { loadPatrolConfig } from "../patrol/config/load-config.ts";
import type { SecretRef, StoreConfig } from "../patrol/config/patrol-config.ts";
import { renderProblems } from "../patrol/config/render-problems.ts";
import { openStore } from "../store/open-store.ts";
import { type Store, StoreError } from "../store/store.ts";
import { UsageError } from "./exit-code.ts";
import type { StoreFlags } from "./store-command.ts";

const DEFAULT_CONFIG = "gopatrol.toml";

/**
 * The store of a configuration or folder.
 *
 * @throws UsageError if none is named or the configuration is wrong, StoreError if it cannot be opened
 */
export async function openNamedStore(flags: StoreFlags, { readOnly }: { readOnly: boolean }): Promise<Store> {
  if (flags.dir !== undefined && flags.config !== undefined) {
    throw new UsageError("name the configuration or the folder, not both");
  }
  const file = flags.config ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
  if (flags.dir !== undefined) {
    // Its retention is the configuration's; without one nothing is too old.
    return openStore({ ...SQLITE, dir: flags.dir }, { readOnly });
  }
  if (file === undefined) {
    throw new UsageError(
      `there is no ${DEFAULT_CONFIG} here: name the configuration with -c, or the store's folder with --dir`,
    );
  }
  const config = await readStoreConfig(file);
  if (config.engine === "memory") {
    throw new UsageError(`the patrol of ${file} keeps its history in memory: there is nothing to look after`);
  }
  return openStore(config, { readOnly, secret: readSecret });
}

const SQLITE: Omit<StoreConfig, "dir"> = {
  engine: "sqlite",
  clickhouse: null,
  captures: { kind: "folder" },
  retention: {
    metricsMs: Number.MAX_SAFE_INTEGER,
    downsampledMs: Number.MAX_SAFE_INTEGER,
    profilesMs: Number.MAX_SAFE_INTEGER,
    runsMs: Number.MAX_SAFE_INTEGER,
    capturesMs: Number.MAX_SAFE_INTEGER,
    maxCaptureBytes: Number.MAX_SAFE_INTEGER,
  },
};

async function readStoreConfig(file: string): Promise<StoreConfig> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${file} cannot be read (${error.code})`);
  });
  const { config, errors } = loadPatrolConfig(text, { baseDir: dirname(resolve(file)) });
  if (config === null)
    throw new UsageError(
      `${file} cannot be used:\n${renderProblems(errors, { file, text, style: (_, each) => each })}`,
    );
  return config.store;
}

/** What a command in a terminal can read by itself. */
async function readSecret(ref: SecretRef): Promise<string> {
  switch (ref.from) {
    case "text":
      return ref.text;
    case "file":
      return (
        await readFile(ref.path, "utf8").catch((error: NodeJS.ErrnoException) => {
          throw new StoreError(
            "refused",
            `the secret in ${ref.path} cannot be read (${error.code})`,
            "Let this user read it",
          );
        })
      ).replace(/\r?\n$/, "");
    case "env": {
      const value = process.env[ref.name];
      if (value !== undefined) return value;
      throw new StoreError("refused", `the environment has no ${ref.name}`, "Set it to the store's secret");
    }
    case "vault":
      throw new StoreError(
        "refused",
        "the store's secret is in Vault, which this command does not ask",
        "Run it with a copy of the configuration that names the secret by password_env",
      );
  }
}
