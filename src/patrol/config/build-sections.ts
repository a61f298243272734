import type { z } from "zod";
import { DEFAULT_CHECK_NAMES } from "./default-checks.ts";
import type {
  BudgetConfig,
  DiscoveryConfig,
  MaintenanceConfig,
  PrecheckConfig,
  ReceiverConfig,
  RedactionConfig,
  RouteConfig,
  RunConfig,
  SecretRef,
  SinkConfig,
  StoreConfig,
  TargetConfig,
  VaultConfig,
} from "./patrol-config.ts";
import type { maintenanceSchema, receiverSchema, routeSchema, sinkSchema } from "./schema/delivery-schema.ts";
import { buildAuth, readSecret } from "./schema/secret-fields.ts";
import type {
  budgetSchema,
  precheckSchema,
  redactionSchema,
  runSchema,
  storeSchema,
  vaultSchema,
} from "./schema/section-schemas.ts";
import type { discoverySchema, targetSchema } from "./schema/target-schema.ts";

/** The file's words → the program's: other names, defaults that depend on others, secrets as references. */

export function buildTarget(target: z.output<typeof targetSchema>, defaults: boolean): TargetConfig {
  return {
    id: target.id ?? withoutUser(target.address),
    address: target.address,
    labels: target.labels,
    checks: namesOfChecks(target.checks, target.default_checks ?? defaults),
    dependsOn: target.depends_on,
    limitBytes: target.limit ?? null,
    sourceDir: target.source ?? null,
    auth: buildAuth(target.auth),
  };
}

/** An address may hold a password, an id is shown everywhere. */
function withoutUser(address: string): string {
  return address.replace(/:\/\/[^/@]*@/, "://");
}

function namesOfChecks(own: readonly string[], defaults: boolean): string[] {
  return [...new Set([...(defaults ? DEFAULT_CHECK_NAMES : []), ...own])];
}

export function buildDiscovery(source: z.output<typeof discoverySchema>, defaults: boolean): DiscoveryConfig {
  const every = {
    labels: source.labels,
    checks: namesOfChecks(source.checks, source.default_checks ?? defaults),
    refreshMs: source.refresh,
  };
  switch (source.kind) {
    case "file":
      return { ...every, kind: "file", files: source.files };
    case "http":
      return { ...every, kind: "http", url: source.url, auth: buildAuth(source.auth) };
    case "dns":
      return {
        ...every,
        kind: "dns",
        names: source.names,
        recordType: source.type,
        port: source.port ?? null,
      };
    case "kubernetes":
      return {
        ...every,
        kind: "kubernetes",
        apiServer: source.api_server ?? null,
        auth: buildAuth(source.auth),
        namespaces: source.namespaces,
        role: source.role,
        selector: source.selector ?? null,
        portName: source.port_name ?? null,
      };
  }
}

/** Keys of a receiver that are no secrets, as its kind reads them; secrets among them are `SecretRef`s. */
export function buildReceiver(receiver: z.output<typeof receiverSchema>): ReceiverConfig {
  const { name, kind, language, fallback = null } = receiver;
  const base = {
    name,
    kind,
    language,
    fallback,
    url: readSecret(receiver, "url"),
    secret: readSecret(receiver, "secret"),
  };
  return { ...base, options: receiverOptions(receiver) };
}

function receiverOptions(receiver: z.output<typeof receiverSchema>): Record<string, unknown> {
  switch (receiver.kind) {
    case "wecom":
    case "dingtalk":
    case "feishu":
    case "slack":
      return { mentions: receiver.mentions };
    case "webhook": {
      const { method, headers, template, content_type } = receiver;
      return { method, headers, template: template ?? null, contentType: content_type };
    }
    case "alertmanager":
      return { auth: buildAuth(receiver.auth), generatorUrl: receiver.generator_url ?? null };
    case "email": {
      const { host, port, from, to, tls, ca_file } = receiver;
      const user = readSecret(receiver, "user");
      const password = readSecret(receiver, "password");
      return { host, port, from, to, tls, caFile: ca_file ?? null, user, password };
    }
    case "log":
      return {};
  }
}

export function buildRoute(route: z.output<typeof routeSchema>): RouteConfig {
  return {
    matchers: route.match,
    tiers: route.tiers,
    receivers: route.receivers,
    groupBy: route.group_by,
    groupWaitMs: route.group_wait,
    groupIntervalMs: route.group_interval,
    repeatIntervalMs: route.repeat_interval,
    sendResolved: route.send_resolved,
    continue: route.continue,
  };
}

export function buildMaintenance(window: z.output<typeof maintenanceSchema>): MaintenanceConfig {
  const { name, match: matchers, cron, time_zone: timeZone } = window;
  return {
    name,
    matchers,
    window:
      cron === undefined
        ? { kind: "once", startMs: window.start!, endMs: window.end! }
        : { kind: "cron", expression: cron, timeZone, durationMs: window.duration! },
  };
}

export function buildSink(sink: z.output<typeof sinkSchema>): SinkConfig {
  const name = sink.name ?? sink.kind;
  switch (sink.kind) {
    case "elasticsearch":
      return {
        kind: "elasticsearch",
        name,
        url: sink.url,
        auth: buildAuth(sink.auth),
        dataStream: sink.data_stream,
        spoolDir: sink.spool ?? null,
        maxSpoolBytes: sink.max_spool,
      };
    case "otlp": {
      const headers: Record<string, SecretRef> = {};
      for (const [key, value] of Object.entries(sink.headers)) headers[key] = { from: "text", text: value };
      for (const [key, value] of Object.entries(sink.headers_env))
        headers[key] = { from: "env", name: value };
      return { kind: "otlp", name, url: sink.url, headers, intervalMs: sink.interval };
    }
    case "file":
      return { kind: "file", name, path: sink.path };
  }
}

export function buildStore(store: z.output<typeof storeSchema>): StoreConfig {
  const { clickhouse, s3, retention } = store;
  return {
    engine: store.engine,
    dir: store.dir,
    clickhouse:
      clickhouse === undefined
        ? null
        : {
            url: clickhouse.url,
            database: clickhouse.database,
            user: readSecret(clickhouse, "user"),
            password: readSecret(clickhouse, "password"),
          },
    captures:
      s3 === undefined
        ? { kind: "folder" }
        : {
            kind: "s3",
            endpoint: s3.endpoint,
            bucket: s3.bucket,
            region: s3.region,
            keyId: readSecret(s3, "key_id")!,
            secretKey: readSecret(s3, "secret_key")!,
          },
    retention: {
      metricsMs: retention.metrics,
      downsampledMs: retention.downsampled,
      profilesMs: retention.profiles,
      runsMs: retention.runs,
      capturesMs: retention.captures,
      maxCaptureBytes: retention.max_captures,
    },
  };
}

export function buildVault(vault: z.output<typeof vaultSchema>): VaultConfig {
  const { url, namespace = null, lease: leaseMs, ca_file: caFile = null, login } = vault;
  const base = { url, namespace, leaseMs, caFile };
  const none: SecretRef = { from: "text", text: "" };
  switch (login.kind) {
    case "token":
      return { ...base, login: { kind: "token", token: readSecret(login, "token") ?? none } };
    case "approle": {
      const roleId = readSecret(login, "role_id") ?? none;
      const secretId = readSecret(login, "secret_id") ?? none;
      return { ...base, login: { kind: "approle", roleId, secretId, mount: login.mount } };
    }
    case "kubernetes":
      return {
        ...base,
        login: { kind: "kubernetes", role: login.role, mount: login.mount, jwtFile: login.jwt_file },
      };
  }
}

export function buildPrecheck(precheck: z.output<typeof precheckSchema>): PrecheckConfig {
  return {
    minFreeDisk: precheck.min_free_disk,
    maxLoadPerCore: precheck.max_load_per_core ?? null,
    maxOwnRssBytes: precheck.max_own_rss,
    maxTargetMemory: precheck.max_target_memory,
  };
}

export function buildBudget(budget: z.output<typeof budgetSchema>): BudgetConfig {
  return {
    cpuSecondsPerHour: budget.cpu_seconds_per_hour,
    capturesPerHour: budget.captures_per_hour,
    heavyInFlight: budget.heavy_in_flight,
    checksInFlight: budget.checks_in_flight,
    baseProfileEveryMs: budget.base_profile_every,
  };
}

export function buildRedaction(redaction: z.output<typeof redactionSchema>): RedactionConfig {
  const { enabled, classes, keys, patterns } = redaction;
  const keepPrivateAddresses = redaction.keep_private_addresses;
  return { enabled, classes, keepPrivateAddresses, keys, patterns, salt: readSecret(redaction, "salt") };
}

export function buildRun(run: z.output<typeof runSchema>): RunConfig {
  return {
    allowRoot: run.allow_root,
    stopWithinMs: run.stop_within,
    overdueSlots: run.overdue_slots,
    overdueTier: run.overdue_tier,
    snapshotDir: run.snapshot_dir ?? null,
    auditFile: run.audit_file ?? null,
  };
}
