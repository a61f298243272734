import { z } from "zod";
import { parseHostAndPort, renderHostAndPort } from "./address.ts";
import { LATENCY_METRIC } from "./check-metric.ts";
import { defineCheckType } from "./define-check-type.ts";
import { portOption, TLS_OPTIONS } from "./option-schemas.ts";
import { CONNECTION_PROBLEMS } from "./problem-codes.ts";

const options = z.strictObject({
  port: portOption.optional(),
  ...TLS_OPTIONS,
  send: z.string().max(4096).optional().describe("Sent once connected"),
  expect: z.string().min(1).max(1024).optional().describe("Must occur within the first 4 KiB that come"),
});

export const tcpType = defineCheckType({
  kind: "tcp",
  heavy: false,
  cost: "One connection.",
  options,
  metrics: {
    ...LATENCY_METRIC,
    resolve_ms: { unit: "ms", meaning: "resolving the name" },
    connect_ms: { unit: "ms", meaning: "the TCP handshake" },
    tls_ms: { unit: "ms", meaning: "the TLS handshake, with `tls = true`" },
    certificate_days_left: { unit: "days", meaning: "until the server's certificate expires" },
  },
  problems: [...CONNECTION_PROBLEMS, "bad-body"],
  plan(target, { port, tls, send }) {
    const address = renderHostAndPort(parseHostAndPort(target, port));
    return [`connect to ${address}${tls ? " with TLS" : ""}${send === undefined ? "" : " and send a text"}`];
  },
});
