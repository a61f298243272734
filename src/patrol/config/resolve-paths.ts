import { resolve } from "node:path";
import type { AuthConfig, PatrolConfig, SecretRef } from "./patrol-config.ts";

/** Relative paths of the configuration become absolute ones, of the folder that the file lies in. */
export function resolvePaths(config: PatrolConfig, baseDir: string): PatrolConfig {
  const path = <P extends string | null>(given: P): P =>
    given === null ? given : (resolve(baseDir, given) as P);
  const auth = (given: AuthConfig | null): AuthConfig | null => mapFiles(given, path);
  return {
    ...config,
    targets: config.targets.map((target) => ({
      ...target,
      sourceDir: path(target.sourceDir),
      auth: auth(target.auth),
    })),
    discovery: config.discovery.map((source) => {
      if (source.kind === "file") return { ...source, files: source.files.map((file) => path(file)) };
      return source.kind === "dns" ? source : { ...source, auth: auth(source.auth) };
    }),
    checks: config.checks.map((check) => {
      const caFile = check.options["ca_file"];
      const options =
        typeof caFile === "string" ? { ...check.options, ca_file: path(caFile) } : check.options;
      return { ...check, options, auth: auth(check.auth) };
    }),
    receivers: config.receivers.map((receiver) => mapFiles(receiver, path)),
    sinks: config.sinks.map((sink) => {
      if (sink.kind === "otlp") return sink;
      if (sink.kind === "file") return { ...sink, path: path(sink.path) };
      return { ...sink, auth: auth(sink.auth), spoolDir: path(sink.spoolDir) };
    }),
    store: { ...mapFiles(config.store, path), dir: path(config.store.dir) },
    vault: mapFiles(config.vault, path),
    redaction: mapFiles(config.redaction, path),
    run: { ...config.run, snapshotDir: path(config.run.snapshotDir), auditFile: path(config.run.auditFile) },
  };
}

const FILE_KEYS = new Set(["caFile", "certFile", "keyFile", "jwtFile"]);

/** Files of secrets and certificates, wherever in `value` they are. Its depth is that of our own types. */
function mapFiles<T>(value: T, path: (file: string) => string): T {
  if (Array.isArray(value)) return value.map((each) => mapFiles(each, path)) as T;
  if (typeof value !== "object" || value === null) return value;
  const secret = value as Partial<SecretRef>;
  if (secret.from === "file" && typeof secret.path === "string") return { ...value, path: path(secret.path) };
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      FILE_KEYS.has(key) && typeof inner === "string" ? path(inner) : mapFiles(inner, path),
    ]),
  ) as T;
}
