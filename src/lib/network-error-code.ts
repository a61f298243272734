/** What Node's network errors are, whoever asked: a code, and whether it was TLS that failed. */

/** The system's or Node's code; "unknown" without one. */
export function findErrorCode(error: NodeJS.ErrnoException): string {
  // Node tries every address of a name and throws all the errors as one.
  if (error instanceof AggregateError) {
    const inner = error.errors.map((each) => (each as NodeJS.ErrnoException).code);
    return inner.find((code) => code === "ECONNREFUSED") ?? inner[0] ?? "unknown";
  }
  return typeof error.code === "string" ? error.code : "unknown";
}

export function isTlsCode(code: string, error: Error): boolean {
  return (
    /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/.test(
      code,
    ) ||
    (code === "EPROTO" && /ssl|tls/i.test(error.message)) ||
    (code === "ECONNRESET" && /secure TLS connection/.test(error.message))
  );
}
