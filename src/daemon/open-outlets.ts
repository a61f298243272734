import { randomBytes } from "node:crypto";
import { createNotifiers } from "../deliver/notify/create-notifier.ts";
import { openSink } from "../deliver/sinks/open-sink.ts";
import type { Clock } from "../lib/clock.ts";
import type { PatrolConfig, SecretRef } from "../patrol/config/patrol-config.ts";
import type { Log } from "../patrol/log.ts";
import type { Notifier } from "../patrol/notification.ts";
import type { Sink } from "../patrol/sink.ts";
import { createRedactor } from "../redact/create-redactor.ts";
import { passThrough, type Redactor } from "../redact/redactor.ts";
import type { Outlets } from "./in-force.ts";

export interface OutletParts {
  secret(ref: SecretRef): Promise<string>;
  clock: Clock;
  log: Log;
}

/** All ways out of the patrol, as a configuration names them. Opens no connection, but the files of sinks. */
export async function openOutlets(
  config: PatrolConfig,
  { secret, clock, log }: OutletParts,
): Promise<Outlets> {
  return {
    redactor: await openRedactor(config, secret),
    notifiers: openNotifiers(config, { secret, clock, log }),
    sinks: config.sinks.map((sink) =>
      openSink(sink, { clock, log, random: Math.random, secret, stateDir: config.store.dir }),
    ),
  };
}

export function openNotifiers(
  { receivers }: PatrolConfig,
  { secret, clock, log }: OutletParts,
): ReadonlyMap<string, Notifier> {
  return createNotifiers(receivers, {
    secret,
    wallMs: () => clock.wallMs(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    log: (line, fields) => log.warn(line, fields),
  });
}

export async function openRedactor(
  { redaction }: PatrolConfig,
  secret: OutletParts["secret"],
): Promise<Redactor> {
  if (!redaction.enabled) return passThrough;
  const { classes, keepPrivateAddresses, keys, patterns } = redaction;
  const salt = redaction.salt === null ? randomBytes(32) : await secret(redaction.salt);
  return createRedactor({ classes, keepPrivateAddresses, keys, patterns, salt });
}

/** What a sink has not handed on by then stays in its spool. Never rejects: no other sink waits for one that cannot. */
export async function closeSinks(sinks: readonly Sink[], withinMs: number, log: Log): Promise<void> {
  const over = AbortSignal.timeout(withinMs);
  await Promise.all(
    sinks.map((sink) =>
      sink
        .close(over)
        .catch((error: unknown) => log.error("a sink did not close", { sink: sink.name, error })),
    ),
  );
}
