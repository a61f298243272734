import { join } from "node:path";
import type { Clock } from "../../lib/clock.ts";
import type { AuthConfig, SecretRef, SinkConfig } from "../../patrol/config/patrol-config.ts";
import type { Log } from "../../patrol/log.ts";
import type { Sink } from "../../patrol/sink.ts";
import { openElasticsearchSink } from "./elasticsearch-sink.ts";
import { openFileSink } from "./file-sink.ts";
import { openOtlpSink } from "./otlp-sink.ts";
import type { SinkCredentials } from "./post.ts";
import { resolveCredentials } from "./resolve-credentials.ts";

export interface SinkContext {
  clock: Clock;
  log: Log;
  /** 0 to 1. */
  random(): number;
  /** Clear text of a secret; rejects with SecretError. */
  secret(ref: SecretRef): Promise<string>;
  /** Folder under which sinks without a spool of their own put it. */
  stateDir: string;
}

const FILE_BYTES = 64 << 20;
const FILES_KEPT = 5;

/** The sink of a configuration. Throws what the file system throws if its spool or file cannot be opened. */
export function openSink(config: SinkConfig, context: SinkContext): Sink {
  const { clock, log, random } = context;
  const ofAuth = (auth: AuthConfig | null) => (): Promise<SinkCredentials> =>
    resolveCredentials(auth, (ref) => context.secret(ref));
  switch (config.kind) {
    case "elasticsearch":
      return openElasticsearchSink({
        name: config.name,
        url: config.url,
        dataStream: config.dataStream,
        credentials: ofAuth(config.auth),
        spoolDir: config.spoolDir ?? join(context.stateDir, "spool", encodeURIComponent(config.name)),
        maxSpoolBytes: config.maxSpoolBytes,
        clock,
        log,
        random,
      });
    case "otlp":
      return openOtlpSink({
        name: config.name,
        url: config.url,
        async credentials() {
          const headers: Record<string, string> = {};
          for (const [name, ref] of Object.entries(config.headers)) headers[name] = await context.secret(ref);
          return { ...(await resolveCredentials(null, (ref) => context.secret(ref))), headers };
        },
        intervalMs: config.intervalMs,
        clock,
        log,
        random,
      });
    case "file":
      return openFileSink({
        name: config.name,
        path: config.path,
        maxBytes: FILE_BYTES,
        keep: FILES_KEPT,
        log,
      });
  }
}
