import { findExpressionProblem } from "../parse-matcher.ts";
import { readCheck } from "./build-check.ts";
import {
  buildBudget,
  buildDiscovery,
  buildMaintenance,
  buildPrecheck,
  buildReceiver,
  buildRedaction,
  buildRoute,
  buildRun,
  buildSink,
  buildStore,
  buildTarget,
  buildVault,
} from "./build-sections.ts";
import { checkReferences, type Draft, findOverBudget, type Named } from "./check-references.ts";
import { checkSecrets } from "./check-secrets.ts";
import type { ConfigProblem, ProblemAt } from "./config-problem.ts";
import { DEFAULT_CHECKS } from "./default-checks.ts";
import type { CheckConfig, PatrolConfig, ReceiverConfig, RouteConfig } from "./patrol-config.ts";
import { resolvePaths } from "./resolve-paths.ts";
import { textOf } from "./schema/fields.ts";
import { LISTS, SECTIONS, TABLES, TOP_KEYS, topSchema } from "./schema/file-schema.ts";
import { suggestKey } from "./schema/schema-problems.ts";
import { isTable, type ReadTable, SectionReader } from "./section-reader.ts";
import { readShortTarget, SHORT_MARKS, type ShortTarget } from "./short-target.ts";
import { findNearest } from "./suggest.ts";
import { parseTomlDocument, type TomlTable, type TomlValue } from "./toml-document.ts";

export interface LoadOptions {
  /** Relative paths in the file are of this folder: that of the file. Default: they stay as they are. */
  baseDir?: string;
  /** The file's permission bits, to warn of secrets that everybody can read. */
  fileMode?: number;
}

export interface LoadedConfig {
  /** Null if there are errors. */
  config: PatrolConfig | null;
  /** By their places in the file. */
  errors: ConfigProblem[];
  warnings: ConfigProblem[];
}

/**
 * TOML → a checked configuration, or everything that is wrong with it at once: syntax, keys and values, then names and
 * thresholds; each with its line, column and what to write instead. Pure; never throws for what the file holds.
 */
export function loadPatrolConfig(text: string, options: LoadOptions = {}): LoadedConfig {
  const document = parseTomlDocument(text);
  if (!("root" in document)) return { config: null, errors: [document], warnings: [] };
  const { config, problems } = readFile(document.root, options);
  const located = problems
    .map((problem) => document.locate(problem))
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  const errors = located.filter(({ severity }) => severity === "error");
  const warnings = located.filter(({ severity }) => severity === "warning");
  const resolved = options.baseDir === undefined ? config : resolvePaths(config, options.baseDir);
  return { config: errors.length > 0 ? null : resolved, errors, warnings };
}

function readFile(root: TomlTable, options: LoadOptions): { config: PatrolConfig; problems: ProblemAt[] } {
  const reader = new SectionReader(root);
  const top = readTop(reader, root);
  const shorts = readShortTargets(reader, root);
  const isEmpty = shorts.length === 0 && root["targets"] === undefined && root["discovery"] === undefined;

  const targets = reader.list("targets", LISTS.targets);
  const discovery = reader.list("discovery", LISTS.discovery);
  const checks = reader.rawList("checks").map(({ path, raw }) => readCheck(reader, raw, path));
  const receivers = reader.list("receivers", LISTS.receivers);
  const routes = reader.list("routes", LISTS.routes);
  const maintenance = reader.list("maintenance", LISTS.maintenance);
  const sinks = reader.list("sinks", LISTS.sinks);
  const store = reader.table("store", TABLES.store);
  const vault = reader.optionalTable("vault", TABLES.vault);
  const redaction = reader.table("redaction", TABLES.redaction);
  const server = reader.table("server", TABLES.server);

  const builtSources = discovery.map(({ value }) => value && buildDiscovery(value, top.default_checks));
  const builtTargets = targets.map(({ value }) => value && buildTarget(value, top.default_checks));
  const builtRoutes = routes.map(({ value }) => value && buildRoute(value));
  const namedChecks = new Set(
    [...whole(builtTargets), ...whole(builtSources)].flatMap((each) => each.checks),
  );
  const builtIn = readDefaultChecks(checks).filter(({ name }) => namedChecks.has(name));
  const draft: Draft = {
    targets: [
      ...targets.map((table, i) => named(table, "id", builtTargets[i], table.raw["address"])),
      ...shorts.map(({ name, path, target }) => ({ name, path, key: null, value: target })),
    ],
    checks: [
      ...checks.map((table) => ({
        ...named(table, "name", table.value),
        writtenRules: Array.isArray(table.raw["rules"]) ? table.raw["rules"].length : 0,
      })),
      ...shorts.map(({ name, path, check }) => ({ name, path, key: null, value: check, writtenRules: 0 })),
    ],
    receivers: receivers.map((table) => ({
      ...named(table, "name", table.value),
      fallback: typeof table.raw["fallback"] === "string" ? table.raw["fallback"] : null,
    })),
    sinks: sinks.map((table) => named(table, "name", table.value, table.raw["kind"])),
    maintenance: maintenance.map((table) => named(table, "name", table.value)),
    routes: routes.map(({ path, raw }, i) => ({
      path,
      value: builtRoutes[i],
      receivers: textsOf(raw["receivers"]),
    })),
    checkLists: [
      ...[...targets, ...discovery].map(({ path, raw }) => ({
        path: [...path, "checks"],
        names: textsOf(raw["checks"]),
      })),
      ...shorts.map(({ name, path }) => ({ path, names: [name] })),
    ],
    dependencies: [
      ...targets.map(({ path, raw }) => dependenciesOf(textOf(raw["id"] ?? raw["address"]), path, raw)),
      ...shorts.map(({ name, path }) => dependenciesOf(name, path, root[name] as TomlTable)),
    ],
    hasDiscovery: root["discovery"] !== undefined,
    builtIn,
  };
  const budget = buildBudget(reader.table("budget", TABLES.budget));
  reader.problems.push(...checkReferences(draft), ...findOverBudget(draft.checks, budget.capturesPerHour));
  const secrets = checkSecrets(root);
  reader.problems.push(...secrets.problems, ...checkPatterns(root["redaction"]));
  if (secrets.hasClearText && options.fileMode !== undefined && (options.fileMode & 0o044) !== 0) {
    reader.problems.push({
      severity: "warning",
      code: "readable-secrets",
      message: `the file holds secrets and others can read it (mode ${(options.fileMode & 0o777).toString(8)})`,
      hint: "chmod 600, or take the secrets out of it",
      path: [],
    });
  }
  if (isEmpty && reader.problems.length === 0) {
    reader.problems.push({
      code: "no-targets",
      message: "the file names nothing to patrol",
      hint: 'add [[targets]] with address = "host:6060"',
      path: [],
    });
  }

  const usedChecks = [...whole(checks.map(({ value }) => value)), ...whole(shorts.map(({ check }) => check))];
  const wholeReceivers = whole(receivers.map(({ value }) => value && buildReceiver(value)));
  const config: PatrolConfig = {
    name: top.name ?? null,
    targets: [...whole(builtTargets), ...whole(shorts.map(({ target }) => target))],
    discovery: whole(builtSources),
    checks: [...builtIn, ...usedChecks],
    receivers: wholeReceivers.length > 0 ? wholeReceivers : [LOG_RECEIVER],
    routes: whole(builtRoutes),
    maintenance: whole(maintenance.map(({ value }) => value && buildMaintenance(value))),
    sinks: whole(sinks.map(({ value }) => value && buildSink(value))),
    store: buildStore(store),
    vault: vault && buildVault(vault),
    precheck: buildPrecheck(reader.table("precheck", TABLES.precheck)),
    budget,
    redaction: buildRedaction(redaction),
    server: server.enabled ? { host: server.host, port: server.port } : null,
    run: buildRun(reader.table("run", TABLES.run)),
  };
  if (config.routes.length === 0) config.routes = [routeToAll(config.receivers)];
  return { config, problems: reader.problems };
}

/** Where nobody is named, the log is told. */
const LOG_RECEIVER: ReceiverConfig = {
  name: "log",
  kind: "log",
  url: null,
  secret: null,
  options: {},
  language: "en",
  fallback: null,
};

function routeToAll(receivers: readonly ReceiverConfig[]): RouteConfig {
  return buildRoute(LISTS.routes.parse({ receivers: receivers.map(({ name }) => name) }));
}

function readTop(reader: SectionReader, root: TomlTable) {
  const top: TomlTable = {};
  for (const key of TOP_KEYS) if (root[key] !== undefined) top[key] = root[key];
  return reader.parse(topSchema, top, []) ?? topSchema.parse({});
}

/** Every table that is no section is a short target, unless it is a section misspelt. */
function readShortTargets(reader: SectionReader, root: TomlTable): ShortTarget[] {
  const shorts: ShortTarget[] = [];
  for (const [key, value] of Object.entries(root)) {
    if (TOP_KEYS.includes(key) || SECTIONS.includes(key)) continue;
    const near = findNearest(key, [...SECTIONS, ...TOP_KEYS]);
    if (isTable(value) && (near === undefined || SHORT_MARKS.some((mark) => mark in value))) {
      shorts.push(readShortTarget(reader, key, value));
      continue;
    }
    const what = isTable(value) || Array.isArray(value) ? "table" : "key";
    reader.problems.push({
      code: "unknown-key",
      message: `there is no ${what} "${key}"`,
      hint: suggestKey(key, [...SECTIONS, ...TOP_KEYS]),
      path: [key],
      part: "key",
    });
  }
  return shorts;
}

/** Those of the default checks that the file has not replaced. */
function readDefaultChecks(written: readonly ReadTable<unknown>[]): CheckConfig[] {
  const replaced = new Set(written.map(({ raw }) => raw["name"]));
  const reader = new SectionReader({});
  return DEFAULT_CHECKS.filter(({ name }) => !replaced.has(name!)).flatMap((raw) => {
    const { value } = readCheck(reader, raw, []);
    return value === undefined ? [] : [value];
  });
}

function named<T>(
  table: ReadTable<unknown>,
  key: string,
  value: T | undefined,
  otherwise?: unknown,
): Named<T> {
  const given = table.raw[key];
  const hasName = typeof given === "string";
  // Without any name it cannot be one that is there twice.
  const name = hasName ? given : typeof otherwise === "string" ? otherwise : `${table.path.join(".")}`;
  return { name, path: table.path, key: hasName ? key : null, value };
}

function dependenciesOf(target: string, path: ReadTable<unknown>["path"], raw: TomlTable) {
  return { target, path: [...path, "depends_on"], names: textsOf(raw["depends_on"]) };
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function whole<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}

function checkPatterns(redaction: TomlValue | undefined): ProblemAt[] {
  return textsOf(isTable(redaction) ? redaction["patterns"] : []).flatMap((pattern, i): ProblemAt[] => {
    const problem = findExpressionProblem(pattern);
    if (problem === null) return [];
    const message = `"patterns": ${JSON.stringify(pattern)} is not a regular expression: ${problem}`;
    return [
      { code: "bad-pattern", message, hint: "RE2 syntax, as in Go", path: ["redaction", "patterns", i] },
    ];
  });
}
