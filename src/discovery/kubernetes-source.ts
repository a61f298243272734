import type { DiscoveryConfig, TargetConfig } from "../patrol/config/patrol-config.ts";
import { ExchangeError, exchange, openLines } from "../secrets/http-exchange.ts";
import { DiscoveryError } from "./discovery-error.ts";
import type { EndpointSlice, ObjectMeta, Pod } from "./kubernetes-objects.ts";
import { podTargets, sliceTargets } from "./kubernetes-targets.ts";
import { kubernetesUrl, LIST_LIMIT } from "./kubernetes-url.ts";
import { type Access, openAccess, readPem, type SourceContext } from "./source-context.ts";
import { MAX_TARGETS } from "./target-group.ts";

type Source = Extract<DiscoveryConfig, { kind: "kubernetes" }>;
type KubernetesObject = Pod | EndpointSlice;

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
const LIST_TIMEOUT_MS = 30_000;
const MAX_LIST_BYTES = 64 * 1024 * 1024;
const MAX_EVENT_BYTES = 4 * 1024 * 1024;
/** The server ends a watch after this long, and is begun again where it ended. */
const WATCH_SECONDS = 300;
/** Bookmarks come about once a minute; after two without any line the connection is taken to be dead. */
const SILENCE_MS = 150_000;
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 60_000;

export interface KubernetesReport {
  targets(targets: TargetConfig[]): void;
  /** The list is current: it was read, or the watch goes on. */
  fresh(): void;
  failed(reason: string): void;
}

/** The list has gone from the server's history (410): it must be read anew. */
class GoneError extends Error {}

/**
 * Follows the pods or EndpointSlices of one namespace (null: of all) as the API's clients do: list in pages, then watch
 * from the list's version, bookmarks moving that on; begin anew after 410 Gone
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes).
 * Returns when `signal` is aborted.
 */
export async function followKubernetes(
  source: Source,
  namespace: string | null,
  context: SourceContext,
  report: KubernetesReport,
  signal: AbortSignal,
): Promise<void> {
  const known = new Map<string, TargetConfig[]>();
  const tell = (): void => report.targets([...known.values()].flat());
  let version: string | null = null;
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      const api = await openApi(source, namespace, context);
      if (version === null) {
        const listed = await list(api, source, signal);
        known.clear();
        for (const [uid, targets] of listed.targets) known.set(uid, targets);
        version = listed.version;
        tell();
      }
      report.fresh();
      for await (const event of watch(api, version, signal)) {
        version = event.version ?? version;
        pauseMs = FIRST_PAUSE_MS;
        if (event.object !== null && apply(known, event.type, event.object, source)) tell();
        report.fresh();
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof GoneError) {
        version = null;
        continue;
      }
      if (!isExpected(error)) throw error;
      report.failed(error.message);
      await context.clock.sleep(pauseMs, signal);
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
    }
  }
}

function isExpected(error: unknown): error is Error {
  return (
    error instanceof ExchangeError ||
    error instanceof DiscoveryError ||
    (error as Error).name === "SecretError"
  );
}

interface Api extends Access {
  /** Of the collection, with the selector. */
  url(query: Readonly<Record<string, string>>): string;
}

async function openApi(source: Source, namespace: string | null, context: SourceContext): Promise<Api> {
  const url: Api["url"] = (query) => kubernetesUrl(source, namespace, context.env, query);
  // Fails before a token is read where there is no API to ask.
  url({});
  const access = await openAccess(source.auth, context);
  if (source.auth === null && source.apiServer === null) {
    const account = context.serviceAccountDir ?? ACCOUNT;
    access.headers["authorization"] = `Bearer ${(await readPem(`${account}/token`)).trim()}`;
    access.tls.ca = await readPem(`${account}/ca.crt`);
  }
  return { ...access, url };
}

async function list(api: Api, source: Source, signal: AbortSignal) {
  const targets = new Map<string, TargetConfig[]>();
  let next = "";
  for (;;) {
    const query = { limit: String(LIST_LIMIT), ...(next === "" ? {} : { continue: next }) };
    const { headers, tls } = api;
    const answer = await exchange(
      { method: "GET", url: api.url(query), headers, tls, timeoutMs: LIST_TIMEOUT_MS, signal },
      MAX_LIST_BYTES,
    );
    // The continuation has expired: the objects have changed too much since the first page.
    if (answer.status === 410) throw new GoneError();
    if (answer.status !== 200) throw new DiscoveryError(describeStatus(answer.status));
    const page = parseJson(answer.text) as {
      metadata?: { resourceVersion?: string; continue?: string };
      items?: KubernetesObject[];
    };
    for (const item of page.items ?? []) apply(targets, "ADDED", item, source);
    if (targets.size > MAX_TARGETS) throw new DiscoveryError(`it has more than ${MAX_TARGETS} objects`);
    next = page.metadata?.continue ?? "";
    if (next === "") return { targets, version: page.metadata?.resourceVersion ?? "" };
  }
}

interface WatchEvent {
  type: string;
  version: string | null;
  /** Null for a bookmark. */
  object: KubernetesObject | null;
}

/** Ends when the server ends the watch. Throws GoneError, ExchangeError or DiscoveryError. */
async function* watch(api: Api, version: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
  const query = {
    watch: "true",
    allowWatchBookmarks: "true",
    resourceVersion: version,
    timeoutSeconds: String(WATCH_SECONDS),
  };
  const { headers, tls } = api;
  const { status, lines } = await openLines(
    { method: "GET", url: api.url(query), headers, tls, timeoutMs: SILENCE_MS, signal },
    MAX_EVENT_BYTES,
  );
  if (status !== 200) {
    for await (const _ of lines) break;
    if (status === 410) throw new GoneError();
    throw new DiscoveryError(describeStatus(status));
  }
  for await (const line of lines) {
    if (line.trim() === "") continue;
    const { type = "", object } = parseJson(line) as {
      type?: string;
      object?: KubernetesObject & { code?: number };
    };
    if (type === "ERROR") {
      if (object?.code === 410) throw new GoneError();
      throw new DiscoveryError(`the watch ended with an error (${object?.code ?? "unknown"})`);
    }
    const seen = object?.metadata?.resourceVersion ?? null;
    yield { type, version: seen, object: type === "BOOKMARK" ? null : (object ?? null) };
  }
}

/** Whether the targets are others now. */
function apply(
  known: Map<string, TargetConfig[]>,
  type: string,
  object: KubernetesObject,
  source: Source,
): boolean {
  const meta: ObjectMeta = object.metadata ?? {};
  const uid = meta.uid ?? `${meta.namespace}/${meta.name}`;
  const before = known.get(uid);
  const after =
    type === "DELETED"
      ? []
      : source.role === "pod"
        ? podTargets(object as Pod, source)
        : sliceTargets(object as EndpointSlice, source);
  if (after.length === 0) return known.delete(uid);
  known.set(uid, after);
  return JSON.stringify(before) !== JSON.stringify(after);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    throw new DiscoveryError("its answer is not JSON");
  }
}

function describeStatus(status: number): string {
  if (status === 401) return "the API does not know who asks (401): check the token";
  if (status === 403)
    return "the API refuses list and watch (403): the account needs get, list and watch of them";
  if (status === 404) return "the API has no such objects (404): check api_server";
  return `the API answered ${status}`;
}
