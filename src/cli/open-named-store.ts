import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { systemClock } from "../capture/system-clock.ts";
import { loadPatrolConfig } from "../patrol/config/load-config.ts";
import type { PatrolConfig, StoreConfig } from "../patrol/config/patrol-config.ts";
import { renderProblems } from "../patrol/config/render-problems.ts";
import { SecretError } from "../secrets/secret-error.ts";
import { openSecretSource } from "../secrets/secret-source.ts";
import { openStore } from "../store/open-store.ts";
import type { Store } from "../store/store.ts";
import { UsageError } from "./exit-code.ts";
import type { StoreFlags } from "./store-command.ts";

const DEFAULT_CONFIG = "gopatrol.toml";
const CLOSE_SECRETS_MS = 5000;

export interface NamedStore {
  store: Store;
  /** The audit log that the patrol writes as a file too; null if it does not, or if only the store's folder is known. */
  auditFile: string | null;
}

/**
 * The store of a configuration or folder.
 *
 * @throws UsageError if none is named or the configuration is wrong, StoreError if it cannot be opened
 */
export async function openNamedStore(
  flags: StoreFlags,
  { readOnly }: { readOnly: boolean },
): Promise<NamedStore> {
  if (flags.dir !== undefined && flags.config !== undefined) {
    throw new UsageError("name the configuration or the folder, not both");
  }
  const file = flags.config ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
  if (flags.dir !== undefined) {
    // Its retention is the configuration's; without one nothing is too old.
    return { store: await openStore({ ...SQLITE, dir: flags.dir }, { readOnly }), auditFile: null };
  }
  if (file === undefined) {
    throw new UsageError(
      `there is no ${DEFAULT_CONFIG} here: name the configuration with -c, or the store's folder with --dir`,
    );
  }
  const { store, vault, run } = await readConfig(file);
  if (store.engine === "memory") {
    throw new UsageError(`the patrol of ${file} keeps its history in memory: there is nothing to look after`);
  }
  const secrets = openSecretSource({
    vault,
    env: process.env,
    clock: systemClock,
    warn: (message) => process.stderr.write(`gopatrol: ${message}\n`),
    onVaultEvent: () => {},
  });
  try {
    const opened = await openStore(store, { readOnly, secret: (ref) => secrets.read(ref) });
    return { store: opened, auditFile: run.auditFile };
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    throw new UsageError(`the store's secret cannot be read: ${error.message}`);
  } finally {
    await secrets.close(AbortSignal.timeout(CLOSE_SECRETS_MS));
  }
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

async function readConfig(file: string): Promise<PatrolConfig> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${file} cannot be read (${error.code})`);
  });
  const { config, errors } = loadPatrolConfig(text, { baseDir: dirname(resolve(file)) });
  if (config === null)
    throw new UsageError(
      `${file} cannot be used:\n${renderProblems(errors, { file, text, style: (_, each) => each })}`,
    );
  return config;
}
