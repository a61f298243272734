import type { CheckKind } from "../../check.ts";

/** Meanings of the keys that belong to kinds of checks; `kind.key` where one key means several things. */
const MEANINGS: Readonly<Record<string, string>> = {
  port: "Port, if the address has none",
  tls: "Speak TLS",
  server_name: "Name that the server's certificate must have; default: the host",
  ca_file: "PEM file of the certificate authorities to trust",
  insecure: "Accept any server certificate",
  send: "Text that is sent once connected",
  "tcp.expect": "Text that must occur within the first 4 KiB that come",
  "pprof.expect": '"forbidden" turns the check round: it fails if pprof answers at all',
  "http.path": "Path, instead of the address's own",
  "pprof.path": "Where pprof's index is mounted; default: the address's own path, or /debug/pprof",
  method: "HTTP method",
  headers: "Headers to send",
  body: "Body to send",
  expect_status: 'Statuses that are right: numbers, or classes such as "2xx"',
  body_contains: "Text that the answer must hold",
  body_not_contains: "Text that it must not hold",
  body_matches: "Regular expression (RE2) that it must match",
  max_body: "Most bytes taken of one answer",
  follow_redirects: "Follow redirects instead of judging them",
  info: "Ask INFO too; without it only PING",
  database: "Name of the database",
  check_query: "Query whose success, time and first row are the result; its numeric columns are metrics",
  columns: "Names of the query's columns that thresholds may use; without it any name is accepted",
  "mysql.status": "Ask for status variables and the state of replication",
  "postgres.status": "Ask for connections and the state of replication",
  engine: "Which database answers",
  query: "Query whose first row's numeric columns are metrics",
  consistency_query: "Query that must return no row",
  server: "URL of Prometheus; default: the target's address",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the option's own syntax
  queries: "Metric → PromQL; ${id}, ${address}, ${host} and ${labels.name} stand for the target's own",
  reduce: "What several series of one query become",
  empty:
    'A query without a result: "missing" leaves its metric unknown, "zero" makes it 0, "fail" fails the check',
  offset: "Query as of so long ago, for metrics that arrive late",
  open: '"accept" where pprof that answers without credentials is guarded by the network',
  source: "Where the numbers come from; auto tries them in this order",
  metrics_path: "Path of the Prometheus metrics",
  expvar_path: "Path of expvar",
  pprof_path: "Where pprof's index is mounted; default: the address's own path, or /debug/pprof",
  "heap-diff.gc": "Force a collection first: exact to the moment, at the price of a whole mark phase",
  "inspect.gc":
    'One forced collection for each sample makes the verdict sure; "never" where that is too dear',
  max_dump_goroutines: "A full dump, which alone tells how long goroutines wait, up to so many; 0: never",
  mappings: "Also the mappings of the process, which cost the kernel time by their number",
  window: "How long the target is watched",
  every: "How often a sample is taken meanwhile",
};

/** Empty for a key that has none yet; a test wants one for each. */
export function optionMeaning(kind: CheckKind, key: string): string {
  return MEANINGS[`${kind}.${key}`] ?? MEANINGS[key] ?? "";
}
