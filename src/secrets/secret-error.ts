export type SecretErrorCode =
  | "no-such-variable"
  | "unreadable-file"
  | "unsafe-file"
  | "empty"
  | "vault-not-configured"
  | "vault-unreachable"
  | "vault-sealed"
  | "vault-refused"
  | "vault-login"
  | "vault-no-secret"
  | "vault-no-field"
  | "vault-answer"
  | "closed";

/** A secret that cannot be had. Neither message nor cause holds a secret, so it may be logged and shown. */
export class SecretError extends Error {
  override readonly name = "SecretError";
  readonly code: SecretErrorCode;
  readonly hint: string;

  constructor(code: SecretErrorCode, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
