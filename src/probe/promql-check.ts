import { z } from "zod";
import { parseDurationMs } from "../lib/parse-quantity.ts";
import type { CheckTarget } from "../patrol/check.ts";
import { parseHttpAddress } from "../patrol/check-types/address.ts";
import { renderUrl } from "../patrol/check-types/http.ts";
import { type PromqlOptions, promqlType } from "../patrol/check-types/promql.ts";
import { resolveAuthorization, resolveTls } from "./credentials.ts";
import { defineCheck, type Look, type Probe, round } from "./define-check.ts";
import { exchangeHttp } from "./http-exchange.ts";
import { failureOfStatus } from "./http-status.ts";
import { ProbeFailure } from "./probe-failure.ts";

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** Series whose values are kept beside the reduced one. */
const MAX_SERIES = 50;

export const promqlCheck = defineCheck(promqlType, async (probe, options): Promise<Look> => {
  const beganMs = performance.now();
  const base = options.server === undefined ? parseHttpAddress(probe.target) : new URL(options.server);
  const url = new URL(`${base.pathname.replace(/\/+$/, "")}/api/v1/query`, base.origin);
  const request = {
    url,
    method: "POST",
    headers: {
      ...(await resolveAuthorization(probe)),
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
    },
    tls: url.protocol === "https:" ? await resolveTls(options, probe) : undefined,
    maxBytes: MAX_ANSWER_BYTES,
  };
  const metrics: Record<string, number> = {};
  const warnings: string[] = [];
  let series = 0;
  for (const [name, template] of Object.entries(options.queries)) {
    const body = encodeQuery(fillTemplate(template, probe.target), probe, options);
    const answer = await exchangeHttp({ ...request, body }, probe.deadline);
    const where = `POST ${renderUrl(url)} (${name})`;
    const result = readAnswer(answer.status, answer.body);
    if (result === undefined) {
      if (answer.status !== 200) throw failureOfStatus(answer, where, probe.target.auth !== null);
      throw new ProbeFailure(
        "bad-response",
        `${where}: the answer is not that of a Prometheus API.`,
        "Check server: it is Prometheus' own URL, with its path prefix.",
      );
    }
    if (result.status === "error") throw explainError(result, where);
    warnings.push(...(result.warnings ?? []));
    const values = readValues(result.data);
    series += values.length;
    if (values.length === 0 && options.empty === "fail") {
      throw new ProbeFailure(
        "no-result",
        `${where}: the query has no result.`,
        "Look whether its metrics are still scraped.",
      );
    }
    if (values.length > 0) metrics[name] = reduce(values, options.reduce);
    else if (options.empty === "zero") metrics[name] = 0;
    if (values.length < 2) continue;
    for (const { labels, value } of values.slice(0, MAX_SERIES)) metrics[`${name}${labels}`] = value;
  }
  return {
    metrics: {
      ...metrics,
      series,
      warnings: warnings.length,
      latency_ms: round(performance.now() - beganMs),
    },
    facts: warnings.length === 0 ? {} : { warning: warnings[0]!.slice(0, 300) },
  };
});

const answerSchema = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("success"),
    data: z.object({ resultType: z.string(), result: z.unknown() }),
    warnings: z.array(z.string()).optional(),
  }),
  z.object({ status: z.literal("error"), errorType: z.string(), error: z.string() }),
]);
type PromError = z.infer<typeof answerSchema> & { status: "error" };

const sampleSchema = z.tuple([z.number(), z.string()]);
const vectorSchema = z.array(z.object({ metric: z.record(z.string(), z.string()), value: sampleSchema }));

/** Errors come with a status of their own and the same JSON. */
function readAnswer(status: number, body: Uint8Array): z.infer<typeof answerSchema> | undefined {
  if (status !== 200 && status !== 400 && status !== 422 && status !== 503) return undefined;
  try {
    return answerSchema.safeParse(JSON.parse(new TextDecoder().decode(body))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function explainError({ errorType, error }: PromError, where: string): ProbeFailure {
  const said = `${where}: ${error.slice(0, 300)}`;
  if (errorType === "timeout" || errorType === "canceled") {
    return new ProbeFailure("timeout", `${said}.`, "Make the query cheaper, by a recording rule.");
  }
  if (errorType === "unavailable")
    return new ProbeFailure("not-ready", `${said}.`, "Prometheus is starting.");
  return new ProbeFailure(
    "query-failed",
    `${said} (${errorType}).`,
    "Try the query in Prometheus' own page.",
  );
}

function readValues({
  resultType,
  result,
}: {
  resultType: string;
  result: unknown;
}): { labels: string; value: number }[] {
  if (resultType === "scalar") {
    const sample = sampleSchema.safeParse(result).data;
    return sample === undefined ? [] : [{ labels: "", value: parseValue(sample[1]) }];
  }
  if (resultType !== "vector") return [];
  const vector = vectorSchema.safeParse(result).data ?? [];
  return vector
    .map(({ metric, value }) => ({ labels: renderLabels(metric), value: parseValue(value[1]) }))
    .filter(({ value }) => !Number.isNaN(value));
}

/** Prometheus writes +Inf, -Inf and NaN. */
function parseValue(text: string): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  return text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text);
}

const MAX_LABELS_LENGTH = 200;

function renderLabels(metric: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(metric)
    .filter(([label]) => label !== "__name__")
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `{${pairs.join(",").slice(0, MAX_LABELS_LENGTH)}}`;
}

function reduce(values: readonly { value: number }[], how: PromqlOptions["reduce"]): number {
  const numbers = values.map(({ value }) => value);
  const sum = (): number => numbers.reduce((total, value) => total + value, 0);
  switch (how) {
    case "max":
      return numbers.reduce((a, b) => Math.max(a, b));
    case "min":
      return numbers.reduce((a, b) => Math.min(a, b));
    case "sum":
      return sum();
    case "avg":
      return sum() / numbers.length;
  }
}

function encodeQuery(query: string, { deadline, slotMs }: Probe, { offset }: PromqlOptions): string {
  const form = new URLSearchParams({
    query,
    timeout: `${Math.max(1, Math.ceil(deadline.timeoutMs / 1000))}s`,
  });
  if (offset !== undefined) form.set("time", String((slotMs - parseDurationMs(offset)!) / 1000));
  return form.toString();
}

/**
 * `${id}`, `${address}`, `${host}`, `${labels.name}`. Values come from discovery, so that they are escaped as within a
 * PromQL string, and within a regular expression of it they can do no more than match.
 */
function fillTemplate(template: string, target: CheckTarget): string {
  return template.replace(
    /\$\{(id|address|host|labels\.([a-zA-Z_][a-zA-Z0-9_]*))\}/g,
    (_, name: string, label?: string) => {
      if (label !== undefined) return escapeText(target.labels[label] ?? "");
      if (name === "host") return escapeText(parseHttpAddress(target).hostname);
      return escapeText(name === "id" ? target.id : target.address);
    },
  );
}

function escapeText(text: string): string {
  return text
    .replaceAll("`", "")
    .replace(/[\\"']/g, "\\$&")
    .replaceAll("\n", "\\n");
}
