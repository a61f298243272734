import type { AuthConfig, ReceiverConfig } from "../../patrol/config/patrol-config.ts";
import type { Notification, NotifiedAlert, Notifier } from "../../patrol/notification.ts";
import type { Tier } from "../../patrol/tier.ts";
import { judgeStatus, type PostRequest, post, readPem, tryToSend } from "./http-post.ts";
import { describeSecret, type NotifierParts, readUrl } from "./notifier-parts.ts";

/** Alertmanager resolves what it does not hear of; Prometheus itself repeats every minute. */
const REFRESH_MS = 60_000;
/** Ends by itself if the patrol dies: four refreshes missed, as Prometheus reckons. */
const END_AFTER_MS = 4 * REFRESH_MS;

const SEVERITY: Record<Tier, string> = { P0: "critical", P1: "critical", P2: "warning", P3: "info" };

/** Prometheus Alertmanager, API v2: it groups, silences and routes by itself, and is told everything that fires. */
export function createAlertmanagerNotifier(config: ReceiverConfig, parts: NotifierParts): Notifier {
  return {
    name: config.name,
    limits: { messages: 60, perMs: 60_000, maxBytes: 10 * 1024 * 1024, maxAlerts: Number.POSITIVE_INFINITY },
    refreshMs: REFRESH_MS,
    plan: () => `POST ${describeSecret(config.url)}/api/v2/alerts (Alertmanager)`,
    deliver: (notification, signal) =>
      tryToSend(async () => {
        const url = await readUrl(config, parts);
        if (!/\/api\/v2\/alerts\/?$/.test(url.pathname)) {
          url.pathname = `${url.pathname.replace(/\/$/, "")}/api/v2/alerts`;
        }
        const body = JSON.stringify(writeAlerts(notification, generatorUrlOf(config)));
        const answer = await post({ url, body, ...(await readAuth(config, parts)) }, signal);
        return judgeStatus(answer) ?? { outcome: "delivered" };
      }),
  };
}

/**
 * The bodies of POST /api/v2/alerts (prometheus/alertmanager api/v2/openapi.yaml, postableAlerts). Alertmanager knows an
 * alert by its labels, so that these hold nothing that changes while it fires but its tier.
 */
export function writeAlerts(notification: Notification, generatorUrl: string | null): object[] {
  return notification.alerts.map((alert) => ({
    labels: writeLabels(alert, notification.patrol),
    annotations: writeAnnotations(alert),
    startsAt: new Date(alert.startedMs).toISOString(),
    endsAt: new Date(alert.endedMs ?? notification.atMs + END_AFTER_MS).toISOString(),
    ...(generatorUrl === null ? {} : { generatorURL: generatorUrl }),
  }));
}

function writeLabels(alert: NotifiedAlert, patrol: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(alert.labels)) {
    // Alertmanager refuses the whole call for one bad name, and takes an empty label as none.
    const valid = name.replaceAll(/[^a-zA-Z0-9_]/g, "_").replace(/^(?=\d)/, "_");
    if (valid !== "" && value !== "") labels[valid] = value;
  }
  return {
    ...labels,
    alertname: alert.rule,
    target: alert.target,
    tier: alert.tier,
    severity: SEVERITY[alert.tier],
    kind: alert.kind,
    patrol,
    // Two findings of one pattern at one target differ by their site only.
    alert_id: alert.id,
  };
}

function writeAnnotations({ summary, finding }: NotifiedAlert): Record<string, string> {
  return {
    summary,
    ...(finding === null ? {} : { site: finding.site, fix: finding.fix.join("\n") }),
  };
}

function generatorUrlOf(config: ReceiverConfig): string | null {
  const url = config.options["generatorUrl"];
  return typeof url === "string" ? url : null;
}

async function readAuth(
  config: ReceiverConfig,
  parts: NotifierParts,
): Promise<Pick<PostRequest, "headers" | "tls">> {
  const auth = (config.options["auth"] ?? null) as AuthConfig | null;
  if (auth === null) return {};
  const settings = auth.kind === "tls" ? auth : auth.tls;
  const tls =
    settings === undefined
      ? {}
      : {
          tls: {
            ...definedPem("ca", await readPem(settings.caFile)),
            ...definedPem("cert", await readPem(settings.certFile)),
            ...definedPem("key", await readPem(settings.keyFile)),
            insecure: settings.insecure,
          },
        };
  if (auth.kind === "bearer") {
    return { headers: { authorization: `Bearer ${await parts.secret(auth.token)}` }, ...tls };
  }
  if (auth.kind === "basic") {
    const pair = `${await parts.secret(auth.user)}:${await parts.secret(auth.password)}`;
    return { headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` }, ...tls };
  }
  return tls;
}

function definedPem<Name extends string>(name: Name, pem: string | undefined): { [N in Name]?: string } {
  return (pem === undefined ? {} : { [name]: pem }) as { [N in Name]?: string };
}
