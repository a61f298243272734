import { RE2JS } from "re2js";
import { parseSizeBytes } from "../lib/parse-quantity.ts";
import { parseHttpAddress } from "../patrol/check-types/address.ts";
import { type HttpOptions, httpType, renderUrl, withPath } from "../patrol/check-types/http.ts";
import { resolveAuthorization, resolveTls } from "./credentials.ts";
import { defineCheck, type Probe } from "./define-check.ts";
import { exchangeHttp, type HttpAnswer } from "./http-exchange.ts";
import { failureOfStatus } from "./http-status.ts";
import { ProbeFailure } from "./probe-failure.ts";

const MAX_REDIRECTS = 5;

export const httpCheck = defineCheck(httpType, async (probe, options) => {
  const first = withPath(parseHttpAddress(probe.target), options.path);
  const { answer, url, redirects } = await follow(first, probe, options);
  const where = `${options.method} ${renderUrl(url)}`;
  const bodyProblem = hasBodyConditions(options) ? judgeBody(answer, options, where) : undefined;
  const failure = isExpected(answer.status, options)
    ? bodyProblem
    : failureOfStatus(answer, where, probe.target.auth !== null && probe.target.auth.kind !== "tls");
  return {
    outcome: failure === undefined ? "ok" : "failed",
    problem: failure?.problem ?? null,
    metrics: {
      ...answer.phases,
      status: answer.status,
      body_bytes: answer.bodyBytes,
      ...(hasBodyConditions(options) ? { body_ok: bodyProblem === undefined ? 1 : 0 } : {}),
      redirects,
      certificate_days_left: answer.certificateDaysLeft ?? Number.NaN,
    },
    targetCpuSeconds: REQUEST_CPU_SECONDS,
  };
});

/** net/http's own work for a small answer. */
const REQUEST_CPU_SECONDS = 0.0001;

async function follow(
  first: URL,
  probe: Probe,
  options: HttpOptions,
): Promise<{ answer: HttpAnswer; url: URL; redirects: number }> {
  const authorization = await resolveAuthorization(probe);
  const maxBytes = parseSizeBytes(options.max_body)!;
  let url = first;
  for (let redirects = 0; ; redirects++) {
    // Credentials, also those in headers, are for the target's own origin.
    const isOwn = url.origin === first.origin;
    const answer = await exchangeHttp(
      {
        url,
        method: options.method,
        headers: isOwn ? { ...options.headers, ...authorization } : {},
        ...(isOwn && options.body !== undefined ? { body: options.body } : {}),
        tls: url.protocol === "https:" ? await resolveTls(options, probe) : undefined,
        maxBytes,
      },
      probe.deadline,
    );
    const { location } = answer.headers;
    const isRedirect = answer.status >= 301 && answer.status <= 308 && location !== undefined;
    if (!options.follow_redirects || !isRedirect || redirects === MAX_REDIRECTS)
      return { answer, url, redirects };
    const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
    if (next === undefined || !/^https?:$/.test(next.protocol)) return { answer, url, redirects };
    next.username = "";
    next.password = "";
    url = next;
  }
}

function isExpected(status: number, { expect_status }: HttpOptions): boolean {
  return expect_status.some((expected) =>
    typeof expected === "number" ? expected === status : Number(expected[0]) === Math.floor(status / 100),
  );
}

function hasBodyConditions({ body_contains, body_not_contains, body_matches }: HttpOptions): boolean {
  return body_contains !== undefined || body_not_contains !== undefined || body_matches !== undefined;
}

/** What the body is must not be repeated: it may hold anything. */
function judgeBody({ body }: HttpAnswer, options: HttpOptions, where: string): ProbeFailure | undefined {
  const text = new TextDecoder().decode(body);
  const { body_contains, body_not_contains, body_matches } = options;
  const fail = (what: string): ProbeFailure =>
    new ProbeFailure(
      "bad-body",
      `${where}: the body ${what}.`,
      "Look at the page; the condition may be out of date.",
    );
  if (body_contains !== undefined && !text.includes(body_contains))
    return fail("lacks what body_contains asks for");
  if (body_not_contains !== undefined && text.includes(body_not_contains))
    return fail("holds what body_not_contains forbids");
  if (body_matches !== undefined && !RE2JS.compile(body_matches).matcher(text).find())
    return fail("does not match body_matches");
  return undefined;
}
