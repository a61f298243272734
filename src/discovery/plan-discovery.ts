import type { AuthConfig, DiscoveryConfig, SecretRef, TargetConfig } from "../patrol/config/patrol-config.ts";
import { DiscoveryError } from "./discovery-error.ts";
import { type FileTargets, readTargetFiles } from "./file-source.ts";
import { kubernetesUrl, LIST_LIMIT, namespacesOf } from "./kubernetes-url.ts";
import type { SourceContext } from "./source-context.ts";
import { withoutCredentials } from "./target-source.ts";

/** What one [[discovery]] would do, and of it what can be had without opening a socket. */
export interface PlannedSource {
  /** Every outgoing call or file, credentials left out. */
  calls: string[];
  /** Null where only the call could tell. */
  targets: TargetConfig[] | null;
  problems: string[];
}

/** For --dry-run: files are read, nothing else is asked. */
export function planDiscovery(
  configs: readonly DiscoveryConfig[],
  env: SourceContext["env"],
): Promise<PlannedSource[]> {
  return Promise.all(configs.map((source) => planSource(source, env)));
}

async function planSource(source: DiscoveryConfig, env: SourceContext["env"]): Promise<PlannedSource> {
  const every = `every ${source.refreshMs / 1000} s`;
  switch (source.kind) {
    case "file":
      return planFiles(source, every);
    case "http": {
      const query = source.url.includes("?") ? "?…" : "";
      return asked([`GET ${withoutCredentials(source.url)}${query} ${every}${describeAuth(source.auth)}`]);
    }
    case "dns":
      return asked(source.names.map((name) => `look up ${source.recordType} ${name} ${every}`));
    case "kubernetes":
      return planKubernetes(source, env);
  }
}

function asked(calls: string[]): PlannedSource {
  return { calls, targets: null, problems: [] };
}

async function planFiles(
  source: Extract<DiscoveryConfig, { kind: "file" }>,
  every: string,
): Promise<PlannedSource> {
  const calls = source.files.map((pattern) => `read ${pattern} ${every}`);
  let files: FileTargets[];
  try {
    files = await readTargetFiles(source);
  } catch (error) {
    if (!(error instanceof DiscoveryError)) throw error;
    return { calls, targets: [], problems: [error.message] };
  }
  return {
    calls,
    targets: files.flatMap((file) => ("targets" in file ? file.targets : [])),
    problems: files.flatMap((file) => ("problem" in file ? [`${file.path}: ${file.problem}`] : [])),
  };
}

function planKubernetes(
  source: Extract<DiscoveryConfig, { kind: "kubernetes" }>,
  env: SourceContext["env"],
): PlannedSource {
  const account = source.apiServer === null ? " (the service account's token)" : "";
  const auth = source.auth === null ? account : describeAuth(source.auth);
  try {
    const urls = namespacesOf(source).map((namespace) =>
      kubernetesUrl(source, namespace, env, { limit: String(LIST_LIMIT) }),
    );
    return asked(urls.map((url) => `GET ${url} in pages, then watch it${auth}`));
  } catch (error) {
    if (!(error instanceof DiscoveryError)) throw error;
    return { calls: [`list and watch ${source.role}s${auth}`], targets: null, problems: [error.message] };
  }
}

function describeAuth(auth: AuthConfig | null): string {
  switch (auth?.kind) {
    case undefined:
      return "";
    case "basic":
      return ` (password ${placeOf(auth.password)})`;
    case "bearer":
      return ` (bearer token ${placeOf(auth.token)})`;
    case "tls":
      return auth.certFile === null ? "" : ` (client certificate ${auth.certFile})`;
  }
}

function placeOf(ref: SecretRef): string {
  switch (ref.from) {
    case "env":
      return `in $${ref.name}`;
    case "file":
      return `in ${ref.path}`;
    case "vault":
      return `in Vault at ${ref.path}`;
    case "text":
      return "of the configuration";
  }
}
