import type { HttpAnswer } from "./http-exchange.ts";
import { ProbeFailure } from "./probe-failure.ts";

/** What an answer means that is not 200. `hasCredentials` tells a wrong password from a missing one. */
export function failureOfStatus(
  { status, headers }: Pick<HttpAnswer, "status" | "headers">,
  where: string,
  hasCredentials: boolean,
): ProbeFailure {
  const answered = `${where}: answered ${status}`;
  if (status === 401) {
    return hasCredentials
      ? new ProbeFailure(
          "wrong-password",
          `${answered}: the credentials were not accepted.`,
          "Check the auth of the target or check.",
        )
      : new ProbeFailure(
          "auth-required",
          `${answered}: it wants credentials.`,
          "Give the target or check an auth.",
        );
  }
  if (status === 403) {
    return new ProbeFailure(
      "not-permitted",
      `${answered}: this may not be seen.`,
      "Ask who guards it; these credentials do not do.",
    );
  }
  if (status >= 300 && status < 400) {
    const { location } = headers;
    const to = location === undefined ? "" : ` to ${shortenLocation(location)}`;
    return new ProbeFailure(
      "redirected",
      `${answered}, a redirect${to}.`,
      "Give that address as the target's.",
    );
  }
  if (status === 429 || status === 503) {
    return new ProbeFailure(
      "bad-status",
      `${answered}: it is overloaded or limits requests.`,
      "Ask it less often, or look why it is not ready.",
    );
  }
  return new ProbeFailure(
    "bad-status",
    `${answered}.`,
    status >= 500 ? "Look into the service's own log." : "Check the address and the path.",
  );
}

/** Without a query, which may hold a token. */
function shortenLocation(location: string): string {
  return location
    .replace(/[?#].*$/s, "")
    .replace(/[^\x21-\x7e]/g, "")
    .slice(0, 120);
}
