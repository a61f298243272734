import { findErrorCode, isTlsCode } from "../lib/network-error-code.ts";
import { ProbeFailure } from "./probe-failure.ts";

/** How far a look had come: what was being waited for tells what is wrong. */
export type NetworkPhase = "connecting" | "answering";

/** What an error of a socket means. `where` names what was asked, without secrets. */
export function failureOfCause(cause: unknown, where: string, phase: NetworkPhase): ProbeFailure {
  if (cause instanceof ProbeFailure) return cause;
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const code = findErrorCode(error);
  switch (code) {
    case "ECONNREFUSED":
      return new ProbeFailure(
        "connect-refused",
        `${where}: connection refused.`,
        "Check that the service runs and listens on this address; one bound to 127.0.0.1 is reachable from its own host or pod only.",
      );
    case "ENOENT":
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_FAIL":
    case "EAI_NODATA":
    case "EAI_NONAME":
      return new ProbeFailure(
        "dns-failed",
        `${where}: the host's name cannot be resolved (${code}).`,
        "Check the name, and the resolver of the host where the patrol runs.",
      );
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EHOSTDOWN":
    case "EADDRNOTAVAIL":
    case "EACCES":
    case "EPERM":
      return new ProbeFailure(
        "unreachable",
        `${where}: no way to the host (${code}).`,
        "Check routes, firewalls and network policies.",
      );
    case "ETIMEDOUT":
      return phase === "connecting" ? connectTimeout(where, undefined) : answerTimeout(where, undefined);
  }
  if (isTlsCode(code, error)) return tlsFailure(where, code, error);
  if (code.startsWith("HPE_")) {
    return new ProbeFailure(
      "bad-response",
      `${where}: the answer is not HTTP (${code}).`,
      "Check the port, and whether the service wants https.",
    );
  }
  return connectionReset(where, code);
}

export function connectionReset(where: string, code: string | undefined): ProbeFailure {
  return new ProbeFailure(
    "connection-reset",
    `${where}: the connection broke before the answer was complete${code === undefined ? "" : ` (${code})`}.`,
    "Look whether the service restarted, or a proxy in between closed the connection.",
  );
}

export function connectTimeout(where: string, afterMs: number | undefined): ProbeFailure {
  return new ProbeFailure(
    "connect-timeout",
    `${where}: no connection${afterMs === undefined ? "" : ` within ${afterMs} ms`}.`,
    "Check host, port and firewall; a service that is paused or whose backlog is full looks the same.",
  );
}

export function answerTimeout(where: string, afterMs: number | undefined): ProbeFailure {
  return new ProbeFailure(
    "timeout",
    `${where}: connected, but no complete answer${afterMs === undefined ? "" : ` within ${afterMs} ms`}.`,
    "The service is overloaded, blocked or paused; or give the check a longer timeout.",
  );
}

function tlsFailure(where: string, code: string, { message }: Error): ProbeFailure {
  if (code === "ECONNRESET") {
    return new ProbeFailure(
      "tls-failed",
      `${where}: the server hung up during the TLS handshake.`,
      "Use http:// or tls = false if it does not speak TLS.",
    );
  }
  if (/wrong.version.number|packet.length.too.long/i.test(`${code} ${message}`)) {
    return new ProbeFailure(
      "tls-failed",
      `${where}: the server does not speak TLS here.`,
      "Use http:// or tls = false.",
    );
  }
  if (/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|ALERT_BAD_CERTIFICATE|ALERT_UNKNOWN_CA/.test(code)) {
    return new ProbeFailure(
      "tls-failed",
      `${where}: the server wants a client certificate or refused ours (${code}).`,
      "Give auth of kind tls with the certificate and key of a client it knows.",
    );
  }
  if (code === "CERT_HAS_EXPIRED") {
    return new ProbeFailure("tls-failed", `${where}: its certificate has expired.`, "Renew it.");
  }
  return new ProbeFailure(
    "tls-failed",
    `${where}: its certificate cannot be trusted (${code}).`,
    "Give ca_file with the authority that signed it, or server_name if it is issued for another name.",
  );
}
