/**
 * Why evidence could not be had: stable words for programs. `http-<status>` stands for any answer but 200.
 * "connect-timeout" is a target that never let us in, "timeout" one that did and then was silent.
 */
export type CaptureErrorCode =
  | "bad-target"
  | "bad-option"
  | "refused"
  | "dns"
  | "unreachable"
  | "connect-timeout"
  | "timeout"
  | "tls"
  | "reset"
  | "bad-response"
  | "redirect"
  | "too-large"
  | "empty"
  | "not-go-pprof"
  | "interrupted"
  | "no-such-file"
  | "not-a-file"
  | "unreadable"
  | "no-such-process"
  | "not-permitted"
  | "exists"
  | "write-failed"
  | `http-${number}`;

/** The world outside did not give what was asked of it. Thrown once, caught once at the edge. */
export class CaptureError extends Error {
  override readonly name = "CaptureError";
  readonly code: CaptureErrorCode;
  /** What the user can do next, one clause without a full stop. */
  readonly hint: string;

  /** `what` says what happened and where, one clause without a full stop and without secrets. */
  constructor(code: CaptureErrorCode, what: string, hint: string, cause?: unknown) {
    super(what, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }
}

/** The target as a whole is out of reach, so asking it for something else now would be in vain. */
export function concernsWholeTarget(code: CaptureErrorCode): boolean {
  switch (code) {
    case "refused":
    case "dns":
    case "unreachable":
    case "connect-timeout":
    case "tls":
    case "interrupted":
      return true;
    default:
      return false;
  }
}

/** The sentence that a manifest keeps for people. */
export function renderFailureReason(error: CaptureError): string {
  return `${error.message}; ${error.hint}.`;
}
