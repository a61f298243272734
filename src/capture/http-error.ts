import { findErrorCode, isTlsCode } from "../lib/network-error-code.ts";
import { CaptureError } from "./capture-error.ts";

/** `where` is "GET http://host:port/path", without secrets. */
export function errorOfCause(cause: unknown, where: string): CaptureError {
  if (cause instanceof CaptureError) return cause;
  const error = cause as NodeJS.ErrnoException;
  const code = findErrorCode(error);
  switch (code) {
    case "ECONNREFUSED":
      return new CaptureError(
        "refused",
        `${where}: connection refused`,
        "check that the service runs and that its pprof server listens on this address (one bound to 127.0.0.1 is reachable only from its own host or pod)",
        cause,
      );
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_FAIL":
      return new CaptureError("dns", `${where}: the host name cannot be resolved`, "check the name", cause);
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EHOSTDOWN":
    case "EADDRNOTAVAIL":
    case "EACCES":
    case "EPERM":
      return new CaptureError(
        "unreachable",
        `${where}: no route to the host (${code})`,
        "check the network",
        cause,
      );
    case "ETIMEDOUT":
      return connectTimeout(where, undefined, cause);
  }
  if (isTlsCode(code, error)) return tlsError(where, code, error);
  if (code.startsWith("HPE_")) {
    return new CaptureError(
      "bad-response",
      `${where}: the answer is not HTTP (${code})`,
      "check the port, and whether it wants https://",
      cause,
    );
  }
  return connectionReset(where, `before an answer came (${code})`, cause);
}

export function connectionReset(where: string, when: string, cause?: unknown): CaptureError {
  return new CaptureError(
    "reset",
    `${where}: the connection broke ${when}`,
    "look whether the service restarted or a proxy in between closed the connection, and try again",
    cause,
  );
}

export function connectTimeout(where: string, afterMs: number | undefined, cause?: unknown): CaptureError {
  const after = afterMs === undefined ? "" : ` within ${afterMs} ms`;
  return new CaptureError(
    "connect-timeout",
    `${where}: no connection${after}`,
    "check host, port and firewall, or give more time with --connect-timeout",
    cause,
  );
}

export function answerTimeout(where: string, afterMs: number): CaptureError {
  return new CaptureError(
    "timeout",
    `${where}: no answer within ${afterMs} ms`,
    "the service may be overloaded or the profile large: give more time with --timeout",
  );
}

/** The answer was understood and is not 200. `body` is its beginning. */
export function errorOfStatus(status: number, body: Uint8Array, where: string): CaptureError {
  const said = firstLine(body);
  const what = `${where}: answered ${status}${said === "" ? "" : ` "${said}"`}`;
  const code = `http-${status}` as const;
  if (status === 400 && said.includes("HTTP request to an HTTPS server")) {
    return new CaptureError("tls", what, "write https://");
  }
  if (status === 401) return new CaptureError(code, what, "give --bearer or --basic");
  if (status === 403) {
    return new CaptureError(
      code,
      what,
      "these credentials may not see it: give others, or ask who guards it",
    );
  }
  if (status === 404) {
    return new CaptureError(
      code,
      what,
      "if the service has pprof elsewhere, give its path, as in http://host:port/prefix/debug/pprof",
    );
  }
  if (status === 429 || status === 503) {
    return new CaptureError(
      code,
      what,
      "the service is overloaded or limits requests: try later or with a longer --every",
    );
  }
  if (status >= 500) return new CaptureError(code, what, "look into the service's own log");
  return new CaptureError(code, what, "check the address");
}

export function redirectError(status: number, location: string, where: string): CaptureError {
  return new CaptureError(
    "redirect",
    `${where}: answered ${status}, a redirect to ${location}`,
    "give that address, or --follow-redirects (credentials are not sent to another host)",
  );
}

export function tooLarge(where: string, maxBytes: number): CaptureError {
  return new CaptureError(
    "too-large",
    `${where}: the answer is larger than ${maxBytes} bytes`,
    "raise --max-body if you trust the service",
  );
}

export function interrupted(where: string): CaptureError {
  return new CaptureError("interrupted", `${where}: stopped before the answer was complete`, "run it again");
}

function tlsError(where: string, code: string, cause: Error): CaptureError {
  if (code === "ECONNRESET") {
    return new CaptureError(
      "tls",
      `${where}: the server hung up during the TLS handshake`,
      "write http:// if it does not speak TLS, else look into its log",
      cause,
    );
  }
  if (/wrong.version.number|packet.length.too.long/i.test(`${code} ${cause.message}`)) {
    return new CaptureError("tls", `${where}: the server does not speak TLS here`, "write http://", cause);
  }
  if (/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|ALERT_BAD_CERTIFICATE|ALERT_UNKNOWN_CA/.test(code)) {
    return new CaptureError(
      "tls",
      `${where}: the server wants a client certificate or refused ours (${code})`,
      "give --cert FILE and --key FILE of a client it knows",
      cause,
    );
  }
  return new CaptureError(
    "tls",
    `${where}: its certificate cannot be trusted (${code})`,
    "give --ca FILE with the authority that signed it, or --insecure",
    cause,
  );
}

/** What a service says in its error page's first line, if it is short plain text. */
function firstLine(body: Uint8Array): string {
  const text = new TextDecoder().decode(body.subarray(0, 400)).trimStart();
  const line = (text.split("\n", 1)[0] ?? "").trim();
  const isPlain = line !== "" && !line.startsWith("<") && !/[^\p{L}\p{N}\p{P}\p{S} ]/u.test(line);
  return isPlain ? line.slice(0, 120) : "";
}
