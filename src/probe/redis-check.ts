import { isIP } from "node:net";
import { parseHostAndPort, renderHostAndPort } from "../patrol/check-types/address.ts";
import { REDIS_PORT, redisType } from "../patrol/check-types/redis.ts";
import { resolveCredentials, resolveTls } from "./credentials.ts";
import { defineCheck, round } from "./define-check.ts";
import { failureOfCause, type NetworkPhase } from "./network-failure.ts";
import { ProbeFailure } from "./probe-failure.ts";
import { computeHitRatio, parseRedisInfo, readRedisInfo } from "./redis-info.ts";

export const redisCheck = defineCheck(redisType, async (probe, options) => {
  const { createClient } = await import("redis");
  const address = parseHostAndPort(probe.target, options.port ?? REDIS_PORT);
  const where = `redis ${renderHostAndPort(address)}`;
  const credentials = await resolveCredentials(probe);
  const tls = options.tls ? await resolveTls(options, probe) : undefined;
  const beganMs = performance.now();
  const over = new AbortController();
  const client = createClient({
    socket: {
      ...address,
      // A socket that is still connecting when the client is destroyed is forgotten by it, and stays.
      signal: over.signal,
      // The deadline counts, and it is the caller who tries again.
      connectTimeout: probe.deadline.timeoutMs + 1000,
      reconnectStrategy: false,
      ...(tls === undefined
        ? {}
        : {
            tls: true,
            ...tls,
            ...(tls.servername === undefined && isIP(address.host) === 0 ? { servername: address.host } : {}),
          }),
    },
    ...(credentials === undefined
      ? {}
      : {
          password: credentials.password,
          ...(credentials.user === "" ? {} : { username: credentials.user }),
        }),
    RESP: 2,
    disableClientInfo: true,
    maintNotifications: "disabled",
  });
  let phase: NetworkPhase = "connecting";
  const { promise: stopped, reject: stop } = Promise.withResolvers<never>();
  stopped.catch(() => {});
  client.on("error", () => {});
  client.on("connect", () => {
    phase = "answering";
  });
  const dropAbort = probe.deadline.onAbort(() => stop(probe.deadline.failure(where, phase)));
  try {
    await Promise.race([client.connect(), stopped]);
    const readyMs = performance.now();
    await Promise.race([client.ping(), stopped]);
    const pongMs = performance.now();
    const text = options.info ? String(await Promise.race([client.info(), stopped])) : "";
    const info = parseRedisInfo(text);
    const metrics = readRedisInfo(info);
    return {
      metrics: {
        ...metrics,
        hit_ratio: computeHitRatio(metrics, probe.previous?.metrics),
        connect_ms: round(readyMs - beganMs),
        ping_ms: round(pongMs - readyMs),
        latency_ms: round(pongMs - beganMs),
      },
      facts: {
        ...(info.has("redis_version") ? { version: info.get("redis_version")!.slice(0, 40) } : {}),
        ...(info.has("role") ? { role: info.get("role")!.slice(0, 20) } : {}),
      },
    };
  } catch (error) {
    throw explainRedis(error, where, phase, credentials !== undefined);
  } finally {
    dropAbort();
    if (client.isOpen) client.destroy();
    over.abort();
  }
});

function explainRedis(
  error: unknown,
  where: string,
  phase: NetworkPhase,
  hasCredentials: boolean,
): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  const message = error instanceof Error ? error.message : "";
  const said = `${where}: ${message.slice(0, 160)}`;
  if (/^WRONGPASS|^ERR AUTH|invalid password/i.test(message)) {
    return new ProbeFailure(
      "wrong-password",
      `${where}: the user or password was not accepted.`,
      "Check the auth of the target or check; a server without a password wants none.",
    );
  }
  if (/^NOAUTH/.test(message)) {
    return hasCredentials
      ? new ProbeFailure(
          "wrong-password",
          `${where}: the credentials were not accepted.`,
          "Check the auth of the target or check.",
        )
      : new ProbeFailure(
          "auth-required",
          `${where}: it wants a password.`,
          "Give the target or check an auth.",
        );
  }
  if (/^NOPERM/.test(message)) {
    return new ProbeFailure(
      "not-permitted",
      `${where}: the user may not ask PING or INFO.`,
      "Grant it: ACL SETUSER name +ping +info.",
    );
  }
  if (/^DENIED/.test(message)) {
    return new ProbeFailure(
      "not-permitted",
      `${where}: it is in protected mode and lets only its own host in.`,
      "Set a password, or bind it to the address by which the patrol comes.",
    );
  }
  if (/^(LOADING|MASTERDOWN|BUSY)/.test(message)) {
    return new ProbeFailure("not-ready", `${said}.`, "It loads its data or runs a script; look again.");
  }
  if (/max number of clients/i.test(message)) {
    return new ProbeFailure(
      "too-many-connections",
      `${where}: it has no connection left.`,
      "Raise maxclients, or look who holds them.",
    );
  }
  if (/^(ERR|[A-Z]+) /.test(message)) {
    return new ProbeFailure("bad-response", `${said}.`, "Look what listens there.");
  }
  if (/Protocol error|Unknown RESP type|Cannot parse/i.test(message)) {
    return new ProbeFailure(
      "bad-response",
      `${where}: the answer is not Redis' protocol.`,
      "Check the port.",
    );
  }
  return failureOfCause(error, where, phase);
}
