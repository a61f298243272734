import { mkdir } from "node:fs/promises";
import { availableParallelism, hostname } from "node:os";
import type { Clock } from "../lib/clock.ts";
import type { PatrolConfig } from "../patrol/config/patrol-config.ts";
import type { Log } from "../patrol/log.ts";
import { judgePermission } from "../patrol/run/permission.ts";
import { ALL_CHECKS } from "../probe/all-checks.ts";
import { SecretError } from "../secrets/secret-error.ts";
import { openSecretSource, type SecretSource } from "../secrets/secret-source.ts";
import { openRawCaptures, openStore } from "../store/open-store.ts";
import { StoreError } from "../store/store.ts";
import { AuditFileError, openAuditFile } from "./audit-file.ts";
import { PATROL_EXIT } from "./exit-code.ts";
import { isHeavy } from "./generation.ts";
import { HeavyWorkers } from "./heavy-workers.ts";
import type { ConfigText } from "./load-file.ts";
import { describeActor, readMachineFacts, readPermissionFacts } from "./machine-facts.ts";
import { MemoryCaptures } from "./memory-captures.ts";
import { openOutlets } from "./open-outlets.ts";
import { Patrol } from "./patrol.ts";
import { LockedError, takePatrolLock } from "./patrol-lock.ts";
import { readStatus } from "./status-file.ts";

/** What every way of running a patrol is given. */
export interface PatrolOptions {
  file: ConfigText;
  config: PatrolConfig;
  version: string;
  clock: Clock;
  log: Log;
  env: NodeJS.ProcessEnv;
}

export interface OpenedPatrol {
  patrol: Patrol;
  secrets: SecretSource;
  /** Until when an earlier process was at work. */
  aliveUntilMs: number | null;
  close(): Promise<void>;
}

/**
 * A patrol, without targets yet, and all that it works with: the lock of its folder, store, secrets,
 * threads. `isShadow`: nothing is written and nobody is told. The exit code if it must not run, which was logged.
 */
export async function openPatrol(
  options: PatrolOptions,
  { isShadow = false } = {},
): Promise<OpenedPatrol | number> {
  const refused = await checkBeforehand(options);
  if (refused !== null) return refused;
  // What was opened until something fails is closed again, the last first.
  await using opened = new AsyncDisposableStack();
  try {
    const patrol = await openChecked(options, isShadow, opened);
    const kept = opened.move();
    return { ...patrol, close: () => kept.disposeAsync() };
  } catch (error) {
    if (!isForeseen(error)) throw error;
    options.log.error("the patrol cannot start", {
      reason: error.message,
      ...("hint" in error ? { hint: error.hint } : {}),
    });
    return PATROL_EXIT.precheck;
  }
}

/** Not a fault of ours: somebody has to do something, and then start again. */
function isForeseen(error: unknown): error is LockedError | StoreError | SecretError | AuditFileError {
  return [LockedError, StoreError, SecretError, AuditFileError].some((kind) => error instanceof kind);
}

/** Who runs it is looked at before anything is opened; the exit code if it must not run. */
async function checkBeforehand({ config, file, log }: PatrolOptions): Promise<number | null> {
  if (config.store.engine !== "memory")
    await mkdir(config.store.dir, { recursive: true, mode: 0o750 }).catch(() => {});
  const facts = await readPermissionFacts(config, file.path);
  const refusals = judgePermission(facts, config.run);
  for (const reason of refusals) log.error("the patrol may not run like this", { reason });
  return refusals.length === 0 ? null : PATROL_EXIT.permission;
}

async function openChecked(
  { config, file, version, clock, log, env }: PatrolOptions,
  isShadow: boolean,
  opened: AsyncDisposableStack,
): Promise<Omit<OpenedPatrol, "close">> {
  const actor = describeActor(hostname());
  if (!isShadow) opened.adopt(takePatrolLock(config.store.dir, actor), async (lock) => lock.release());
  const secrets = openSecretSource({
    vault: config.vault,
    env,
    clock,
    warn: (message) => log.warn(message),
    onVaultEvent: (event) => log.info("vault", { ...event }),
  });
  opened.defer(() =>
    secrets.close(AbortSignal.timeout(5_000)).catch((error: unknown) => log.warn("secrets", { error })),
  );
  const workers = new HeavyWorkers(Math.max(1, Math.min(2, availableParallelism() - 1)), log);
  opened.defer(() => workers.close());
  const secret = secrets.read;
  const inMemory = isShadow || config.store.engine === "memory";
  const store = await openStore(inMemory ? { ...config.store, engine: "memory" } : config.store, { secret });
  opened.defer(() => store.close());
  const captures = inMemory ? new MemoryCaptures() : await openRawCaptures(config.store, { secret });
  const audit = isShadow || config.run.auditFile === null ? null : openAuditFile(config.run.auditFile);
  opened.defer(async () => audit?.close());
  if (audit !== null && audit.tornBytes > 0)
    log.warn("an audit entry was cut short by a kill and put aside", { bytes: audit.tornBytes });
  const outlets = await openOutlets(config, { secret, clock, log });
  const silent = { ...outlets, sinks: [], notifiers: new Map() };
  const patrol = await Patrol.open(
    {
      clock,
      log,
      version,
      host: hostname(),
      actor,
      store,
      captures,
      checkOf: (kind) => (isHeavy(kind) ? workers.checkOf(kind) : ALL_CHECKS[kind]),
      secret,
      permissionFacts: (current) => readPermissionFacts(current, file.path),
      machineFacts: (current) => readMachineFacts(current.store.dir),
      random: Math.random,
      auditFile: audit,
    },
    config,
    isShadow ? silent : outlets,
  );
  const before = isShadow ? null : await readStatus(config.store.dir);
  return { patrol, secrets, aliveUntilMs: before?.aliveUntilMs ?? null };
}
