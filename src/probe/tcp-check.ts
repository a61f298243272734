import * as net from "node:net";
import { performance } from "node:perf_hooks";
import * as tls from "node:tls";
import { type HostAndPort, parseHostAndPort, renderHostAndPort } from "../patrol/check-types/address.ts";
import { tcpType } from "../patrol/check-types/tcp.ts";
import { resolveTls, type TlsSettings } from "./credentials.ts";
import { defineCheck, type Probe, round } from "./define-check.ts";
import { findDaysLeft } from "./http-exchange.ts";
import { connectionReset, failureOfCause, type NetworkPhase } from "./network-failure.ts";
import { ProbeFailure } from "./probe-failure.ts";

/** What a greeting must be found in. */
const MAX_GREETING_BYTES = 4096;

interface Conversation {
  tls: TlsSettings | undefined;
  send: string | undefined;
  expect: string | undefined;
}

export const tcpCheck = defineCheck(tcpType, async (probe, options) => {
  const address = parseHostAndPort(probe.target, options.port);
  return {
    metrics: await converse(
      address,
      {
        tls: options.tls ? await resolveTls(options, probe) : undefined,
        send: options.send,
        expect: options.expect,
      },
      probe,
    ),
  };
});

/** Connects, sends what is to be sent and waits for what is expected. No socket is left when the promise settles. */
function converse(
  address: HostAndPort,
  conversation: Conversation,
  { deadline }: Probe,
): Promise<Record<string, number>> {
  const where = `connect to ${renderHostAndPort(address)}`;
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, number>>();
  if (deadline.signal.aborted) return Promise.reject(deadline.failure(where, "connecting"));
  const metrics: Record<string, number> = {};
  let phase: NetworkPhase = "connecting";
  const beganMs = performance.now();
  let partMs = beganMs;
  const measure = (name: string): void => {
    const now = performance.now();
    metrics[name] = round(now - partMs);
    partMs = now;
  };
  const raw = net.connect(address);
  let socket: net.Socket = raw;
  let greeting = "";
  const settle = (act: () => void): void => {
    dropAbort();
    socket.destroy();
    raw.destroy();
    act();
  };
  const fail = (failure: ProbeFailure): void => settle(() => reject(failure));
  const dropAbort = deadline.onAbort(() => fail(deadline.failure(where, phase)));
  const onError = (cause: unknown): void => fail(failureOfCause(cause, where, phase));
  const succeed = (): void =>
    settle(() => {
      metrics["latency_ms"] = round(performance.now() - beganMs);
      resolve(metrics);
    });
  const onReady = (): void => {
    phase = "answering";
    const { send, expect } = conversation;
    if (send !== undefined) socket.write(send);
    if (expect === undefined) {
      succeed();
      return;
    }
    socket.on("data", (chunk: Buffer) => {
      greeting += chunk.toString("latin1", 0, MAX_GREETING_BYTES);
      if (greeting.includes(Buffer.from(expect, "utf8").toString("latin1"))) succeed();
      else if (greeting.length >= MAX_GREETING_BYTES) fail(unexpected(where, expect));
    });
    socket.on("end", () =>
      fail(greeting === "" ? connectionReset(where, undefined) : unexpected(where, expect)),
    );
  };
  raw.once("lookup", () => {
    if (net.isIP(address.host) === 0) measure("resolve_ms");
  });
  raw.on("error", onError);
  raw.once("connect", () => {
    measure("connect_ms");
    if (conversation.tls === undefined) {
      onReady();
      return;
    }
    socket = tls.connect({
      socket: raw,
      ...(net.isIP(address.host) === 0 ? { servername: address.host } : {}),
      ...conversation.tls,
      host: address.host,
    });
    socket.on("error", onError);
    socket.once("secureConnect", () => {
      measure("tls_ms");
      const daysLeft = findDaysLeft(socket as tls.TLSSocket);
      if (daysLeft !== undefined) metrics["certificate_days_left"] = daysLeft;
      onReady();
    });
  });
  return promise;
}

function unexpected(where: string, expected: string): ProbeFailure {
  return new ProbeFailure(
    "bad-body",
    `${where}: the answer does not hold ${JSON.stringify(expected.slice(0, 60))}.`,
    "Another service may listen there.",
  );
}
