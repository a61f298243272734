import { z } from "zod";
import { duration, httpUrl, share, size, text } from "./fields.ts";
import { tierField } from "./rule-schema.ts";
import { needsSecret, secretFields } from "./secret-fields.ts";

export const storeSchema = z
  .strictObject({
    engine: z.enum(["sqlite", "clickhouse", "memory"]).prefault("sqlite").describe("Where history is kept"),
    dir: text().prefault("gopatrol-data").describe("Folder of the database and of raw captures"),
    clickhouse: z
      .strictObject({
        url: httpUrl().describe("Of the HTTP interface"),
        database: text().prefault("gopatrol").describe("Name of the database"),
        ...secretFields("user", "User"),
        ...secretFields("password", "Password"),
      })
      .optional()
      .describe('Of engine = "clickhouse"'),
    s3: z
      .strictObject({
        endpoint: httpUrl().describe("S3 or a service compatible with it"),
        bucket: text().describe("Name of the bucket"),
        region: text().prefault("us-east-1").describe("Region"),
        ...secretFields("key_id", "Access key id"),
        ...secretFields("secret_key", "Secret access key"),
      })
      .superRefine(needsSecret("key_id"))
      .superRefine(needsSecret("secret_key"))
      .optional()
      .describe("Raw captures go there instead of into the folder"),
    retention: z
      .strictObject({
        metrics: duration({ min: 60_000 }).prefault("15d").describe("Metrics as they were measured"),
        downsampled: duration({ min: 60_000 }).prefault("400d").describe("Metrics of five minutes"),
        profiles: duration({ min: 60_000 }).prefault("30d").describe("Sums of stacks"),
        runs: duration({ min: 60_000 }).prefault("90d").describe("Run records, findings and alerts"),
        captures: duration({ min: 60_000 })
          .prefault("14d")
          .describe("Raw captures; those of open findings stay"),
        max_captures: size().prefault("10GiB").describe("Most that raw captures may take together"),
      })
      .prefault({})
      .describe("How long what is kept"),
  })
  .superRefine((store, context) => {
    if (store.engine === "clickhouse" && store.clickhouse === undefined) {
      context.addIssue({
        code: "custom",
        message: 'engine = "clickhouse" needs the table store.clickhouse',
        path: ["engine"],
        params: { code: "missing-key", hint: 'add [store.clickhouse] with url = "http://…:8123"' },
      });
    }
  })
  .describe("History");

const MAX_LEASE = 15 * 60_000;

export const vaultSchema = z
  .strictObject({
    url: httpUrl().describe("Of Vault or OpenBao"),
    namespace: text().optional().describe("Namespace (Vault Enterprise, OpenBao)"),
    login: z
      .discriminatedUnion("kind", [
        z
          .strictObject({
            kind: z.literal("token").describe("A token given from outside"),
            ...secretFields("token", "Token"),
          })
          .superRefine(needsSecret("token")),
        z
          .strictObject({
            kind: z.literal("approle").describe("AppRole"),
            ...secretFields("role_id", "Role id"),
            ...secretFields("secret_id", "Secret id"),
            mount: text().prefault("approle").describe("Where the method is mounted"),
          })
          .superRefine(needsSecret("role_id"))
          .superRefine(needsSecret("secret_id")),
        z.strictObject({
          kind: z.literal("kubernetes").describe("The pod's service account"),
          role: text().describe("Role of the method"),
          mount: text().prefault("kubernetes").describe("Where the method is mounted"),
          jwt_file: text()
            .prefault("/var/run/secrets/kubernetes.io/serviceaccount/token")
            .describe("The service account's token"),
        }),
      ])
      .describe("How the patrol proves who it is"),
    lease: duration({ min: 60_000, max: MAX_LEASE })
      .prefault("15m")
      .describe("How long tokens and leases live; renewed at two thirds, revoked at exit; at most 15m"),
    ca_file: text().optional().describe("PEM file of the certificate authorities to trust"),
  })
  .describe("Secrets of keys that end in _vault");

export const precheckSchema = z
  .strictObject({
    min_free_disk: share().prefault("15%").describe("Share of the store's disk that must be free"),
    max_load_per_core: z
      .number()
      .positive()
      .optional()
      .describe("Highest load average for each core; default: not looked at"),
    max_own_rss: size({ min: 64 * 2 ** 20 })
      .prefault("1GiB")
      .describe("Largest resident set of the patrol itself"),
    max_target_memory: share()
      .prefault("90%")
      .describe("No heavy capture of a target whose memory is above this share of its limit"),
  })
  .describe("What must hold before a run; if it does not, the run is refused and a P2 notice sent");

export const budgetSchema = z
  .strictObject({
    cpu_seconds_per_hour: z
      .number()
      .positive()
      .prefault(30)
      .describe("CPU time that the patrol may cost one target"),
    captures_per_hour: z.int().min(1).prefault(12).describe("Heavy captures of one target"),
    heavy_in_flight: z
      .int()
      .min(1)
      .max(1000)
      .prefault(4)
      .describe("Heavy captures at once, over all targets"),
    checks_in_flight: z.int().min(1).max(10_000).prefault(64).describe("Checks at once, over all targets"),
    base_profile_every: duration({ min: 60_000 })
      .prefault("1h")
      .describe("A base profile is no older, so that a difference is possible at once"),
  })
  .describe("What the patrol may cost");

const SENSITIVE_CLASSES = [
  "phone",
  "resident-id",
  "bank-card",
  "passport",
  "social-credit-code",
  "licence-plate",
  "email",
  "name",
  "postal-address",
  "network-address",
  "credential",
  "account-id",
] as const;

export const redactionSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .prefault(true)
      .describe("Take sensitive data out of everything that leaves the process"),
    classes: z
      .array(z.enum(SENSITIVE_CLASSES))
      .prefault([...SENSITIVE_CLASSES])
      .describe("Which classes"),
    keep_private_addresses: z
      .boolean()
      .prefault(true)
      .describe("Private and loopback addresses stay readable"),
    keys: z.array(text()).prefault([]).describe("Names of keys whose values are always taken out"),
    patterns: z.array(text()).prefault([]).describe("Expressions (RE2) of more that is taken out"),
    ...secretFields(
      "salt",
      "Salt of the hashes that stand for addresses; default: another one at each start",
    ),
  })
  .describe("Taking out sensitive data");

export const serverSchema = z
  .strictObject({
    enabled: z.boolean().prefault(true).describe("Whether to listen at all"),
    host: text().prefault("127.0.0.1").describe("Address to listen at"),
    port: z.int().min(0).max(65_535).prefault(9464).describe("Port; 0: any free one"),
  })
  .describe("The patrol's own listener: /metrics, /healthz, /readyz, /debug/bloat");

export const runSchema = z
  .strictObject({
    allow_root: z.boolean().prefault(false).describe("Run even as root"),
    stop_within: duration().prefault("20s").describe("How long running checks may take to finish at SIGTERM"),
    overdue_slots: z
      .int()
      .min(1)
      .max(1000)
      .prefault(2)
      .describe("A target without a result for so many slots is overdue"),
    overdue_tier: tierField().prefault("P1").describe("Tier of that alert"),
    snapshot_dir: text()
      .optional()
      .describe("Where SIGUSR1 writes; default: snapshots in the store's folder"),
    audit_file: text().optional().describe("Audit log as a file too, one JSON line an entry"),
  })
  .describe("The daemon itself");
