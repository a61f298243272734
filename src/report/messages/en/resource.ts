import type { ResourceStatements } from "../../../findings/statements/resource.ts";
import { at, q, type WordingOf } from "../wording.ts";

export const resource: WordingOf<ResourceStatements> = {
  "headline-http-body": (v) =>
    `HTTP response bodies are not closed after the call in ${at(v.site)}: ${q(v.rate)} connections are lost.`,
  "headline-http-body-unknown-site": (v) =>
    `HTTP response bodies are not closed: ${q(v.rate)} connections are lost.`,
  "http-read-loops": (v) =>
    `Client connections waiting for their response body to be read rose from ${q(v.from)} to ${q(v.to)} (readLoop in select; an idle connection would wait in I/O).`,
  "http-call-site": (v) =>
    `${at(v.site)} calls the HTTP client (${q(v.calls)} objects allocated on the way in the window).`,
  "source-no-body-close": (v) => `Source: ${at(v.site)} never closes the body.`,
  "source-close-behind-loop": (v) =>
    `Source: the body is closed behind the loop that ${at(v.site)} is in: of several tries only the last.`,
  "source-return-before-close": (v) =>
    `Source: the return at ${at(v.site)} leaves before the body is closed.`,
  "fix-body-close": () =>
    "defer resp.Body.Close() right after the error check, on every path, also when the status is not 200.",
  "fix-body-drain": () =>
    "To reuse the connection read the rest first: io.Copy(io.Discard, resp.Body), with a limit.",
};
