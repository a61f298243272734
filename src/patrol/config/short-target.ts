import { z } from "zod";
import type { CheckKind } from "../check.ts";
import { readCheck } from "./build-check.ts";
import type { ConfigPath, ProblemAt } from "./config-problem.ts";
import type { CheckConfig, TargetConfig } from "./patrol-config.ts";
import { CHECK_KINDS, commonCheckSchema, optionKeys } from "./schema/check-schema.ts";
import { describeInput, textOf } from "./schema/fields.ts";
import { buildAuth, SECRET_ENDINGS } from "./schema/secret-fields.ts";
import { targetSchema } from "./schema/target-schema.ts";
import type { SectionReader } from "./section-reader.ts";
import { suggestName } from "./suggest.ts";
import type { TomlTable } from "./toml-document.ts";

/**
 * The short form: a table named by what it patrols, with one check,
 *
 *     [mysql_primary]
 *     host = "10.0.0.5"
 *     port = 3306
 *     timeout_ms = 500
 *     check_query = "SELECT 1"
 *     alert_threshold = "latency_ms > 300 OR error_rate > 0.001"
 *
 * is the target and the check of that name. Its kind is `kind`, or what the table's name or the port says.
 */
export interface ShortTarget {
  path: ConfigPath;
  name: string;
  target: TargetConfig | undefined;
  check: CheckConfig | undefined;
}

/** Keys that a table has only if it is a short target. */
export const SHORT_MARKS = ["host", "address", "port"] as const;

const TARGET_KEYS = ["address", "labels", "depends_on", "limit", "source"];
const AUTH_KEYS = ["user", "password", "bearer"].flatMap((name) => SECRET_ENDINGS.map((e) => `${name}${e}`));

const WORDS: readonly [RegExp, CheckKind][] = [
  [/mysql|mariadb/i, "mysql"],
  [/postgres|pgsql|(^|[-_])pg($|[-_])/i, "postgres"],
  [/redis|valkey/i, "redis"],
  [/prometheus|promql/i, "promql"],
  [/pprof/i, "pprof"],
  [/(^|[-_])https?($|[-_])|(^|[-_])(web|api)($|[-_])/i, "http"],
];
const PORTS: Readonly<Record<number, CheckKind>> = {
  80: "http",
  443: "http",
  3306: "mysql",
  5432: "postgres",
  6060: "pprof",
  6379: "redis",
  8080: "http",
  8443: "http",
  9090: "promql",
};
const SCHEMES: Readonly<Record<string, CheckKind>> = {
  http: "http",
  https: "http",
  mysql: "mysql",
  postgres: "postgres",
  postgresql: "postgres",
  redis: "redis",
  rediss: "redis",
};

export function readShortTarget(reader: SectionReader, name: string, raw: TomlTable): ShortTarget {
  const path = [name];
  const before = reader.problems.length;
  const place = readPlace(raw, path);
  reader.problems.push(...place.problems);
  const kind = findKind(name, raw, place.port);
  if (typeof kind !== "string") {
    reader.problems.push({ ...kind, path: [...path, ...kind.path] });
    return { path, name, target: undefined, check: undefined };
  }
  const targetPart: TomlTable = { address: place.address };
  const authPart: TomlTable = {};
  const checkPart: TomlTable = { name, kind };
  const options = optionKeys(kind);
  for (const [key, value] of Object.entries(raw)) {
    if (
      key === "kind" ||
      key === "host" ||
      key === "address" ||
      (key === "port" && raw["host"] !== undefined)
    )
      continue;
    const own = OWN_NAMES[kind]?.[key] ?? key;
    if (options.includes(own)) checkPart[own] = value;
    else if (TARGET_KEYS.includes(key)) targetPart[key] = value;
    else if (AUTH_KEYS.includes(key)) authPart[key] = value;
    else checkPart[key] = value;
  }
  if (Object.keys(authPart).length > 0) checkPart["auth"] = authPart;
  const known = reader.problems.length;
  const check = readCheck(reader, checkPart, path).value;
  const target = reader.parse(targetSchema, targetPart, path);
  // Problems of the parts name keys that stand in the table itself.
  for (const problem of reader.problems.slice(known)) {
    const [first, second, ...rest] = problem.path;
    if (second === "auth" && raw["auth"] === undefined) problem.path = [first!, ...rest];
    if (problem.code === "unknown-key" && problem.part === "key") {
      const key = String(problem.path.at(-1));
      const legal = [
        ...SHORT_MARKS,
        ...TARGET_KEYS,
        ...AUTH_KEYS,
        ...options,
        ...Object.keys(commonCheckSchema.shape),
      ];
      problem.hint = suggestName(
        key,
        legal.filter((each) => each !== "name"),
      );
    }
  }
  const isWhole = reader.problems.slice(before).every(({ severity }) => severity === "warning");
  if (!isWhole || check === undefined || target === undefined) {
    return { path, name, target: undefined, check: undefined };
  }
  return {
    path,
    name,
    check,
    target: {
      id: name,
      address: target.address,
      labels: target.labels,
      checks: [name],
      dependsOn: target.depends_on,
      limitBytes: target.limit ?? null,
      sourceDir: target.source ?? null,
      auth: buildAuth(target.auth),
    },
  };
}

/** `check_query` is the query of every kind that has one. */
const OWN_NAMES: Partial<Record<CheckKind, Readonly<Record<string, string>>>> = {
  sql: { check_query: "query" },
};

const hostSchema = z.string().min(1);
const portSchema = z.int().min(1).max(65_535);

interface Place {
  address: string;
  port: number | undefined;
  problems: ProblemAt[];
}

function readPlace(raw: TomlTable, path: ConfigPath): Place {
  const problems: ProblemAt[] = [];
  const { host, port, address } = raw;
  const told = (key: string, message: string, hint: string): void => {
    problems.push({ code: "bad-address", message: `"${key}": ${message}`, hint, path: [...path, key] });
  };
  if (address !== undefined && host !== undefined) told("host", "stands beside address", "keep one of them");
  if (host !== undefined && !hostSchema.safeParse(host).success) {
    told("host", `${describeInput(host)} is not a host`, 'write host = "name-or-address"');
  } else if (typeof host === "string" && /^[a-z]+:\/\//i.test(host)) {
    told("host", "is a URL", `write address = ${JSON.stringify(host)}`);
  } else if (typeof host === "string" && port === undefined && /:\d+$/.test(host) && !host.includes("::")) {
    told("host", "has a port in it", `write address = ${JSON.stringify(host)}, or host and port apart`);
  }
  const portOk = port === undefined || portSchema.safeParse(port).success;
  if (!portOk) {
    const isText = typeof port === "string" && portSchema.safeParse(Number(port)).success;
    const nearest = typeof port === "number" ? Math.min(65_535, Math.max(1, Math.round(port))) : null;
    told(
      "port",
      `${describeInput(port)} is not a port`,
      isText
        ? `write ${port}, without quotes`
        : `a whole number from 1 to 65535${nearest === null ? "" : `; nearest: ${nearest}`}`,
    );
  }
  if (host === undefined && address === undefined) {
    problems.push({
      code: "missing-key",
      message: '"host" is missing',
      hint: 'add host = "…" or address = "host:port"',
      path,
      part: "table",
    });
  }
  const named = portOk && typeof port === "number" ? port : undefined;
  const hostText = typeof host === "string" ? host : "";
  const bracketed = hostText.includes(":") && !hostText.startsWith("[") ? `[${hostText}]` : hostText;
  const text =
    typeof address === "string" ? address : named === undefined ? bracketed : `${bracketed}:${named}`;
  const ofAddress = /:(\d{1,5})(?:[/?#]|$)/.exec(text)?.[1];
  return {
    address: text === "" ? "?" : text,
    port: named ?? (ofAddress === undefined ? undefined : Number(ofAddress)),
    problems,
  };
}

function findKind(name: string, raw: TomlTable, port: number | undefined): CheckKind | ProblemAt {
  const given = raw["kind"];
  if (given !== undefined) {
    const known = CHECK_KINDS.find((kind) => kind === given);
    if (known !== undefined) return known;
    return {
      code: "unknown-value",
      message: `"kind": ${describeInput(given)} is no kind of check`,
      hint: suggestName(textOf(given), CHECK_KINDS),
      path: ["kind"],
    };
  }
  const scheme = /^([a-z]+):\/\//i.exec(textOf(raw["address"]))?.[1]?.toLowerCase();
  const votes = new Map<CheckKind, string>();
  for (const [word, kind] of WORDS) if (word.test(name)) votes.set(kind, "the table's name");
  const ofScheme = scheme === undefined ? undefined : SCHEMES[scheme];
  if (ofScheme !== undefined) votes.set(ofScheme, `the address's ${scheme}://`);
  const ofPort = port === undefined ? undefined : PORTS[port];
  // A name or scheme says more than a port; they must only not contradict each other.
  if (ofPort !== undefined && (votes.size === 0 || !votes.has(ofPort))) {
    const weak = ofPort === "http" && votes.size > 0;
    if (!weak) votes.set(ofPort, `port ${port}`);
  }
  const kinds = [...votes.keys()];
  if (kinds.length === 1) return kinds[0]!;
  if (kinds.length === 0) {
    return {
      code: "no-kind",
      message: `neither the name [${name}] nor its port says what kind of check this is`,
      hint: 'add kind = "tcp", or one of "http", "mysql", "postgres", "redis", "pprof"',
      path: [],
      part: "table",
    };
  }
  const reasons = [...votes].map(([kind, reason]) => `${kind} (${reason})`).join(" or ");
  return {
    code: "ambiguous-kind",
    message: `[${name}] may be ${reasons}`,
    hint: `add kind = "${kinds[0]}"`,
    path: [],
    part: "table",
  };
}
