import { RE2JS } from "re2js";
import { z } from "zod";
import { parseHttpAddress } from "./address.ts";
import { LATENCY_METRIC } from "./check-metric.ts";
import { defineCheckType } from "./define-check-type.ts";
import { HTTPS_OPTIONS, pathOption, sizeOption } from "./option-schemas.ts";
import { ACCESS_PROBLEMS } from "./problem-codes.ts";

const statusOption = z.union([
  z.int().min(100).max(599),
  z.string().regex(/^[1-5]xx$/, { error: 'give a status, or a class such as "2xx"' }),
]);

const options = z.strictObject({
  path: pathOption.optional().describe("Instead of the address's own path"),
  method: z.enum(["GET", "HEAD", "POST", "OPTIONS"]).default("GET").describe("Of the request"),
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/),
      z
        .string()
        .max(8000)
        .regex(/^[^\r\n\0]*$/),
    )
    .default({})
    .describe("Sent besides our own; they are no place for secrets, which belong into auth"),
  body: z.string().max(64_000).optional().describe("Sent with the request"),
  expect_status: z.array(statusOption).min(1).default(["2xx"]).describe("Statuses and classes that are well"),
  body_contains: z.string().min(1).optional().describe("Must occur in the answer"),
  body_not_contains: z.string().min(1).optional().describe("Must not occur in it"),
  body_matches: z
    .string()
    .min(1)
    .max(1000)
    .refine(isRe2, { error: "is not an RE2 expression" })
    .optional()
    .describe("An RE2 expression that must be found in it"),
  max_body: sizeOption.default("1MiB").describe("A larger answer is a failure"),
  follow_redirects: z
    .boolean()
    .default(false)
    .describe("At most 5; credentials and headers stay with the first host"),
  ...HTTPS_OPTIONS,
});
export type HttpOptions = z.infer<typeof options>;

export const httpType = defineCheckType({
  kind: "http",
  heavy: false,
  cost: "One request on a connection of its own.",
  options,
  metrics: {
    ...LATENCY_METRIC,
    status: { unit: "count", meaning: "of the last answer" },
    resolve_ms: { unit: "ms", meaning: "resolving the name" },
    connect_ms: { unit: "ms", meaning: "the TCP handshake" },
    tls_ms: { unit: "ms", meaning: "the TLS handshake" },
    first_byte_ms: { unit: "ms", meaning: "from the request sent to the first byte of the answer" },
    transfer_ms: { unit: "ms", meaning: "from the first byte to the last" },
    body_bytes: { unit: "bytes", meaning: "of the answer's body, as sent" },
    body_ok: { unit: "flag", meaning: "1 if every condition on the body holds; absent without conditions" },
    redirects: { unit: "count", meaning: "that were followed" },
    certificate_days_left: { unit: "days", meaning: "until the server's certificate expires" },
  },
  problems: [...ACCESS_PROBLEMS, "bad-status", "bad-body", "bad-response", "redirected", "too-large"],
  plan: (target, { method, path }) => [`${method} ${renderUrl(withPath(parseHttpAddress(target), path))}`],
});

function isRe2(expression: string): boolean {
  try {
    RE2JS.compile(expression);
    return true;
  } catch {
    return false;
  }
}

export function withPath(url: URL, path: string | undefined): URL {
  return path === undefined ? url : new URL(path, url.origin);
}

/** Without a query, which may hold a token. */
export function renderUrl({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
