import { z } from "zod";
import type { CheckKind } from "../src/patrol/check.ts";
import { COMMON_METRICS } from "../src/patrol/check-types/check-metric.ts";
import { CHECK_TYPES } from "../src/patrol/check-types/check-types.ts";
import { PROBLEM_CODES } from "../src/patrol/check-types/problem-codes.ts";

/** What the table of kinds cannot tell: what each is for, and how it looks in a file. */
const ABOUT: Readonly<Record<CheckKind, { about: string; example: string }>> = {
  tcp: {
    about: "A port takes connections, and answers with what it must where `expect` is given.",
    example: `kind = "tcp"\nexpect = "SSH-2.0"`,
  },
  http: {
    about: "A page answers with the status and the text that it must.",
    example: `kind = "http"\npath = "/healthz"\nbody_contains = "ok"\nalert_threshold = "latency_ms > 300 OR certificate_days_left < 14"`,
  },
  redis: {
    about: "Redis or Valkey answers PING, and INFO becomes metrics.",
    example: `kind = "redis"\nauth = { user = "default", password_env = "REDIS_PASSWORD" }\nalert_threshold = "memory_share > 0.9 OR replication_link_up < 1"`,
  },
  mysql: {
    about:
      "MySQL or MariaDB lets us in and answers the check query. Replication is told where the user may see it (REPLICATION CLIENT, in MariaDB REPLICA MONITOR). A query that outlives its time is stopped in the server.",
    example: `kind = "mysql"\ncheck_query = "SELECT COUNT(*) AS stuck FROM jobs WHERE taken < NOW() - INTERVAL 1 HOUR"\ncolumns = ["stuck"]\nalert_threshold = "stuck > 10 OR replication_lag_seconds > 30"`,
  },
  postgres: {
    about:
      "PostgreSQL lets us in and answers the check query. Transactions and replication of others are told as far as the user may see them (`GRANT pg_monitor`). A query that outlives its time is stopped in the server.",
    example: `kind = "postgres"\nalert_threshold = "connections_share > 0.9 OR longest_transaction_seconds > 3600"`,
  },
  sql: {
    about:
      "Your own query's figures, and a consistency query that must return no row; both in one read-only transaction. Rows are counted and never recorded.",
    example: `kind = "sql"\nengine = "postgres"\nconsistency_query = "SELECT id FROM orders LEFT JOIN payments USING (id) WHERE payments.id IS NULL"`,
  },
  promql: {
    about:
      'Instant queries of Prometheus. A rule uses the name that a query has; of several series it is the reduced value, and up to 50 of them are recorded beside it as `name{label="value"}`.',
    example: `kind = "promql"\nserver = "http://prometheus:9090"\nalert_threshold = "error_rate > 0.001 OR p95_ms > 300"\n\n[checks.queries]\nerror_rate = 'sum(rate(http_requests_total{job="shop",code=~"5.."}[5m])) / sum(rate(http_requests_total{job="shop"}[5m]))'\np95_ms = '1000 * histogram_quantile(0.95, sum by (le) (rate(http_duration_seconds_bucket{job="shop"}[5m])))'`,
  },
  pprof: {
    about:
      'net/http/pprof answers, and which profiles it has. The index is asked without credentials first: if that works, whoever reaches the port can read profiles and the command line, and can stop the service for a trace, which is told as `pprof-open` beside the outcome "ok". No profile is taken.',
    example: `kind = "pprof"\nalert_threshold = "pprof_open > 0"`,
  },
  runtime: {
    about:
      "The Go runtime's numbers from the cheapest source that has them: Prometheus text, expvar, or the MemStats at the end of heap?debug=1. From expvar and heap?debug=1 there is neither `heap_live_bytes` nor `rss_bytes`; `heap_goal_bytes` rises and falls with the live heap and stands in for it. Rates are of the time since the previous look and absent at the first.",
    example: `kind = "runtime"\nalert_threshold = "memory_share > 0.9 OR gc_cpu_fraction > 0.25"`,
  },
  "heap-diff": {
    about:
      "A heap profile against the base that the patrol keeps of each target: growth by allocation site. A target above `precheck.max_target_memory` of its limit is not asked. The five sites that grew most are told with the result.",
    example: `kind = "heap-diff"\nalert_threshold = "growth_bytes_per_hour > 50000000 AND top_site_growth_share > 0.3"`,
  },
  goroutines: {
    about: "Goroutines by stack, what grew since the look before, and the longest wait.",
    example: `kind = "goroutines"\nalert_threshold = "goroutines_per_minute > 10 OR longest_wait_seconds > 3600"`,
  },
  rss: {
    about:
      "A process of this machine as the kernel sees it. The address is `pid:N`, or one of this machine at whose port the process listens.",
    example: `kind = "rss"\nalert_threshold = "memory_share > 0.9 OR oom_kills > 0"`,
  },
  inspect: {
    about:
      "The whole of `gopatrol inspect`: samples over a window, the verdict and its findings. The bundle is kept as a capture, from which the report can be made again. A window that is cut short, by the time-out or a stop, is inspected as far as it came.",
    example: `kind = "inspect"\nwindow = "2m"\nalert_threshold = "findings_critical > 0 OR seconds_to_limit < 21600"`,
  },
};

const INTRO = `# Checks

What a patrol can look at. Each kind has options, metrics that rules may name, and codes for what went wrong. This page
is written by \`scripts/make-schemas.ts\` from the table that the patrol itself works from.

A check ends in one of four ways: **ok**, it could be looked at, whatever the numbers are; **failed**, the target did not
answer as it must; **refused**, looking was not allowed (budget, memory too near the limit, no permission); **error**, the
fault is ours or the configuration's. A check that failed with a code that may be gone at the next moment (refused, reset,
timeout, not ready …) is tried again, with random waits between 0.25 and 5 s. A heavy look that timed out is not: it has
cost the target already. Nor is a wrong password: trying again locks accounts. After five failures in a row the target is
left alone for 30 s, then looked at once; each time that this fails, for twice as long, up to 5 min. Meanwhile it counts as
down, with the code \`breaker-open\`.

Every connection is its own and is closed: kept alive it would stand among the goroutines that are counted. Answers are
bounded in bytes and time. Credentials go to the target's own origin only, and no message repeats them. The cost is what
a look takes of the target's CPU; it is counted against \`budget.cpu_seconds_per_hour\`. The figures were measured on Go
1.26 with client_golang's collectors, 50 to 500 MiB of heap and 100 to 10,000 goroutines.
`;

export function renderCheckPage(): string {
  const kinds = Object.keys(CHECK_TYPES) as CheckKind[];
  return `${[
    INTRO,
    table(
      ["metric of every kind", "unit", "meaning"],
      Object.entries(COMMON_METRICS).map(([name, { unit, meaning }]) => [`\`${name}\``, unit, meaning]),
    ),
    ...kinds.map(renderKind),
    "## Problem codes\n",
    table(
      ["code", "meaning"],
      Object.entries(PROBLEM_CODES).map(([code, meaning]) => [`\`${code}\``, meaning]),
    ),
  ].join("\n")}`;
}

function renderKind(kind: CheckKind): string {
  const { cost, heavy, metrics, problems, optionsSchema } = CHECK_TYPES[kind];
  const { about, example } = ABOUT[kind];
  const own = Object.entries(metrics).filter(([name]) => !(name in COMMON_METRICS));
  return `## ${kind}

${about}

\`\`\`toml
[[checks]]
name = "…"
${example}
\`\`\`

${heavy ? "**Heavy**: one at a time on a target, within its budget. " : ""}Cost: ${cost}

${table(["option", "default", "meaning"], listOptions(optionsSchema))}
${table(
  ["metric", "unit", "meaning"],
  own.map(([name, { unit, meaning, counter }]) => [
    name === "*" ? "(your own)" : `\`${name}\``,
    unit,
    `${meaning}${counter === true ? "; a counter" : ""}`,
  ]),
)}
Problems: ${problems.map((code) => `\`${code}\``).join(", ")}.
`;
}

interface OptionSchema {
  description?: string;
  default?: unknown;
  enum?: unknown[];
}

function listOptions(schema: z.ZodType): string[][] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input" }) as {
    properties?: Record<string, OptionSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, option]) => [
    `\`${name}\``,
    option.default === undefined
      ? required.includes(name)
        ? "must be given"
        : "–"
      : `\`${JSON.stringify(option.default)}\``,
    `${option.description ?? ""}${option.enum === undefined ? "" : ` (${option.enum.map((word) => JSON.stringify(word)).join(", ")})`}`,
  ]);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return `${[line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n")}\n`;
}
