import { findGoroutineCount } from "../capture/response-check.ts";
import { renderUrl } from "../patrol/check-types/http.ts";
import { pprofType } from "../patrol/check-types/pprof.ts";
import { defineCheck, type Look } from "./define-check.ts";
import { GoService, noPprof } from "./go-service.ts";
import type { HttpAnswer } from "./http-exchange.ts";
import { failureOfStatus } from "./http-status.ts";
import { ProbeFailure } from "./probe-failure.ts";

const MAX_INDEX = "256KiB";
/** The index page counts stacks that are known already; nothing is collected for it. */
const INDEX_CPU_SECONDS = 0.0002;

export const pprofCheck = defineCheck(pprofType, async (probe, options): Promise<Look> => {
  const service = new GoService(probe, { ...options, pprof_path: options.path, max_body: MAX_INDEX });
  const url = service.pprofUrl("");
  const where = `GET ${renderUrl(url)}`;
  // Who may come in without a password is asked first: that is what everybody else can do.
  const anonymous = await service.ask(url, { anonymous: true });
  const isOpen = isIndex(anonymous);
  const answer = isOpen || !service.hasCredentials ? anonymous : await service.ask(url);
  const index = isIndex(answer) ? parseIndex(answer.body) : undefined;
  const look: Look = {
    metrics: {
      latency_ms: answer.phases.latency_ms,
      pprof_reachable: index === undefined ? 0 : 1,
      pprof_open: isOpen ? 1 : 0,
      profiles: index?.names.length ?? Number.NaN,
      goroutines: index?.goroutines ?? Number.NaN,
      threads: index?.threads ?? Number.NaN,
    },
    facts: index === undefined ? {} : { profiles: index.names.join(" ") },
    targetCpuSeconds: INDEX_CPU_SECONDS,
  };
  if (options.expect === "forbidden") {
    return index === undefined ? look : { ...look, outcome: "failed", problem: openProblem(where, isOpen) };
  }
  if (index === undefined) {
    const failure = answer.status === 200 ? noIndex(answer, where) : failureOf(answer, where, service);
    return { ...look, outcome: "failed", problem: failure.problem };
  }
  return isOpen && options.open === "report" ? { ...look, problem: openProblem(where, true) } : look;
});

function openProblem(where: string, isOpen: boolean): ProbeFailure["problem"] {
  return {
    code: "pprof-open",
    message: isOpen
      ? `${where}: answers without credentials, so that whoever reaches the port can read profiles, the command line, and stop the service for a trace.`
      : `${where}: answers, though pprof is not to be reachable here.`,
    hint: 'Serve pprof from a mux of its own on 127.0.0.1 or behind credentials, not from http.DefaultServeMux; say open = "accept" where a network policy guards it.',
  };
}

function failureOf(answer: HttpAnswer, where: string, service: GoService): ProbeFailure {
  return answer.status === 404
    ? noPprof(where, "answered 404")
    : failureOfStatus(answer, where, service.hasCredentials);
}

function noIndex({ body }: HttpAnswer, where: string): ProbeFailure {
  const isPage = /^\s*</.test(new TextDecoder().decode(body.subarray(0, 100)));
  return new ProbeFailure(
    "not-a-go-service",
    `${where}: answered with ${isPage ? "another page" : "something else"} than the index of Go's net/http/pprof.`,
    "Check port and path; a log-in page or another service may be there.",
  );
}

function isIndex({ status, body }: HttpAnswer): boolean {
  if (status !== 200) return false;
  const text = new TextDecoder().decode(body);
  return text.includes("/debug/pprof/") && text.includes("Types of profiles available");
}

const MAX_NAMES = 64;

function parseIndex(body: Uint8Array): {
  names: string[];
  goroutines: number | undefined;
  threads: number | undefined;
} {
  const text = new TextDecoder().decode(body);
  const names = Array.from(
    text.matchAll(/<td>\d{0,12}<\/td>\s*<td><a href='([\w.-]{1,80})\?/g),
    ([, name]) => name!,
  );
  const threads = /<td>(\d{1,12})<\/td>\s*<td><a href='threadcreate\?/.exec(text)?.[1];
  return {
    names: names.slice(0, MAX_NAMES),
    goroutines: findGoroutineCount(body),
    threads: threads === undefined ? undefined : Number(threads),
  };
}
