import type { SensitiveClass } from "../../redact/redactor.ts";
import type { CheckKind } from "../check.ts";
import type { LabelMatcher, Labels } from "../labels.ts";
import type { Tier } from "../tier.ts";

/**
 * A patrol's configuration after it was checked: defaults filled in, units converted, references resolved by name.
 * `load-config.ts` makes it of TOML. Everything is plain data, so that two configurations can be compared.
 */
export interface PatrolConfig {
  /** Name of this patrol in reports and metrics; the host's name if none is given. */
  name: string | null;
  /** Of static targets; those of `discovery` come and go. */
  targets: TargetConfig[];
  discovery: DiscoveryConfig[];
  checks: CheckConfig[];
  receivers: ReceiverConfig[];
  /** Tried in order; the first whose matchers fit decides, unless it says `continue`. */
  routes: RouteConfig[];
  maintenance: MaintenanceConfig[];
  sinks: SinkConfig[];
  store: StoreConfig;
  vault: VaultConfig | null;
  precheck: PrecheckConfig;
  budget: BudgetConfig;
  redaction: RedactionConfig;
  /** The patrol's own HTTP listener (/metrics, /healthz …); null if it has none. */
  server: { host: string; port: number } | null;
  run: RunConfig;
}

/** Where a secret comes from. Resolved at use, so that a rotated one is taken up; never kept in a record. */
export type SecretRef =
  | { from: "env"; name: string }
  | { from: "file"; path: string }
  /** KV v2: the value at `field` of `path`; database engine: `username` or `password` of the role's lease. */
  | { from: "vault"; path: string; field: string }
  /** Written in the configuration itself; accepted with a warning. */
  | { from: "text"; text: string };

export interface TargetConfig {
  /** Unique; the name under which it is reported, silenced and asked about. */
  id: string;
  /** URL, host:port, or pid:N; what it means is the check's matter. */
  address: string;
  labels: Labels;
  /** Labels that begin with `__meta_`, of the source that found it: for matchers of checks only, never shown or kept. */
  meta?: Labels;
  /** Names of checks that it gets besides those whose selector fits. */
  checks: string[];
  /** Ids of targets without which this one cannot work: while one of them is down, this one's alerts are held. */
  dependsOn: string[];
  /** Memory limit in bytes, if it cannot be found out. */
  limitBytes: number | null;
  /** Folder of the service's source, for the line to change. */
  sourceDir: string | null;
  auth: AuthConfig | null;
}

/** Basic and bearer may come over TLS with an authority or client certificate of its own. */
export type AuthConfig =
  | { kind: "basic"; user: SecretRef; password: SecretRef; tls?: TlsConfig }
  | { kind: "bearer"; token: SecretRef; tls?: TlsConfig }
  | ({ kind: "tls" } & TlsConfig);

export interface TlsConfig {
  caFile: string | null;
  certFile: string | null;
  keyFile: string | null;
  /** Accept any server certificate. */
  insecure: boolean;
}

/** `checks`: names of checks that each of its targets gets besides those whose selector fits. */
export type DiscoveryConfig = { labels: Labels; checks: string[]; refreshMs: number } & (
  | { kind: "file"; files: string[] }
  | { kind: "http"; url: string; auth: AuthConfig | null }
  | { kind: "dns"; names: string[]; recordType: "A" | "AAAA" | "SRV"; port: number | null }
  | {
      kind: "kubernetes";
      /** null: in the cluster, by the pod's service account. */
      apiServer: string | null;
      auth: AuthConfig | null;
      namespaces: string[];
      role: "pod" | "endpointslice";
      /** Kubernetes label selector, as kubectl takes it. */
      selector: string | null;
      portName: string | null;
    }
);

export type Level = "L1" | "L2" | "L3";

export type Schedule =
  | { kind: "interval"; everyMs: number; jitterMs: number }
  /** `splayMs` spreads the targets over this long after each moment of the cron expression. */
  | { kind: "cron"; expression: string; timeZone: string; splayMs: number };

export interface CheckConfig {
  name: string;
  kind: CheckKind;
  level: Level;
  schedule: Schedule;
  /**
   * `suspect`: only while a rule of the target is pending or firing or one of its trends rises, and else as often as a
   * base profile is due. Default: `suspect` for heavy kinds at L2 and L3, `always` for all others.
   */
  when: "always" | "suspect";
  /** Targets that get it, by their labels and `target`, their id; empty: only those that name it. */
  matchers: LabelMatcher[];
  timeoutMs: number;
  /** Attempts after the first. */
  retries: number;
  /** By kind, with the file's own keys; checked against the kind's schema (check-types) when loaded. */
  options: Record<string, unknown>;
  auth: AuthConfig | null;
  rules: RuleConfig[];
}

/** What the check's metrics must not do. Time and memory stand beside the expression, never in it. */
export interface RuleConfig {
  name: string;
  /** A threshold: `latency_ms > 300 OR error_rate > 0.001`. */
  expression: string;
  /** Hysteresis: once firing, it resolves when this holds; null: when the expression does not. */
  clearExpression: string | null;
  /** The condition must have held this long before it fires. */
  forMs: number;
  keepFiringForMs: number;
  minSamples: number;
  /** What to do when a metric of the expression is missing or NaN. */
  onUnknown: "hold" | "warn" | "alert";
  tier: Tier;
  summary: string | null;
  labels: Labels;
}

export interface ReceiverConfig {
  name: string;
  kind: "wecom" | "dingtalk" | "feishu" | "slack" | "webhook" | "alertmanager" | "email" | "log";
  url: SecretRef | null;
  /** Signing secret (DingTalk, Feishu). */
  secret: SecretRef | null;
  /** By kind: e-mail's host, port, from, to, user, password; a webhook's headers and template; mentions. */
  options: Record<string, unknown>;
  language: "en" | "zh";
  /** Name of the receiver that is told instead after three failures in a row. */
  fallback: string | null;
}

export interface RouteConfig {
  matchers: LabelMatcher[];
  tiers: Tier[];
  receivers: string[];
  groupBy: string[];
  groupWaitMs: number;
  groupIntervalMs: number;
  repeatIntervalMs: number;
  sendResolved: boolean;
  continue: boolean;
}

/** A time within which alerts of matching targets are held, and told as held. */
export interface MaintenanceConfig {
  name: string;
  matchers: LabelMatcher[];
  window:
    | { kind: "once"; startMs: number; endMs: number }
    | { kind: "cron"; expression: string; timeZone: string; durationMs: number };
}

export type SinkConfig =
  | {
      kind: "elasticsearch";
      name: string;
      url: string;
      auth: AuthConfig | null;
      dataStream: string;
      spoolDir: string | null;
      maxSpoolBytes: number;
    }
  | { kind: "otlp"; name: string; url: string; headers: Record<string, SecretRef>; intervalMs: number }
  | { kind: "file"; name: string; path: string };

export interface StoreConfig {
  engine: "sqlite" | "clickhouse" | "memory";
  /** Folder of the database and, unless an S3 bucket is given, of raw captures. */
  dir: string;
  clickhouse: { url: string; database: string; user: SecretRef | null; password: SecretRef | null } | null;
  captures:
    | { kind: "folder" }
    | {
        kind: "s3";
        endpoint: string;
        bucket: string;
        region: string;
        keyId: SecretRef;
        secretKey: SecretRef;
      };
  retention: {
    metricsMs: number;
    downsampledMs: number;
    profilesMs: number;
    runsMs: number;
    capturesMs: number;
    maxCaptureBytes: number;
  };
}

export interface VaultConfig {
  url: string;
  namespace: string | null;
  login:
    | { kind: "token"; token: SecretRef }
    | { kind: "approle"; roleId: SecretRef; secretId: SecretRef; mount: string }
    | { kind: "kubernetes"; role: string; mount: string; jwtFile: string };
  /** At most 15 min. */
  leaseMs: number;
  caFile: string | null;
}

export interface PrecheckConfig {
  /** Share of the store's disk that must be free, 0 to 1. */
  minFreeDisk: number;
  /** Highest load average per core; null: not looked at. */
  maxLoadPerCore: number | null;
  /** Largest resident set of the patrol itself. */
  maxOwnRssBytes: number;
  /** No heavy capture of a target whose memory is above this share of its limit. */
  maxTargetMemory: number;
}

/** What the patrol may cost one target in an hour. */
export interface BudgetConfig {
  cpuSecondsPerHour: number;
  capturesPerHour: number;
  /** At most so many heavy captures at once, over all targets. */
  heavyInFlight: number;
  /** Checks of all kinds at once. */
  checksInFlight: number;
  /** A base profile of a suspect is no older than this. */
  baseProfileEveryMs: number;
}

export interface RedactionConfig {
  enabled: boolean;
  classes: SensitiveClass[];
  /** Private addresses (RFC 1918, loopback) stay readable. */
  keepPrivateAddresses: boolean;
  /** Names of keys whose values are always taken out. */
  keys: string[];
  /** RE2 expressions. */
  patterns: string[];
  /** Salt of the hashes that stand for addresses; null: a random one for each start. */
  salt: SecretRef | null;
}

export interface RunConfig {
  allowRoot: boolean;
  /** SIGTERM: how long running checks may take to finish. */
  stopWithinMs: number;
  /** A target without a result for so many of its slots is overdue. */
  overdueSlots: number;
  overdueTier: Tier;
  snapshotDir: string | null;
  auditFile: string | null;
}
