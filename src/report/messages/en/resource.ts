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
  "headline-client-per-request": (v) =>
    `A ${v.instance} (${v.library}) is made again and again in ${at(v.site)} and not closed: ${q(v.rate)}.`,
  "headline-client-unknown-site": (v) =>
    `A ${v.instance} (${v.library}) is made again and again and not closed: ${q(v.rate)}.`,
  "headline-library-goroutines": (v) =>
    `${at(v.site)} makes ${v.library} start goroutines that do not end: ${q(v.rate)}.`,
  "client-goroutines": (v) =>
    `Goroutines that ${v.library} keeps for each instance (${at(v.entry)}) rose from ${q(v.from)} to ${q(v.to)}.`,
  "client-made": (v) =>
    `${at(v.site)} calls the constructor (${q(v.objects)} objects allocated within it in the window).`,
  "client-used": (v) =>
    `${at(v.site)} calls ${v.library === "" ? "the library" : v.library} and what that allocates stays; the call of the constructor was not seen.`,
  "source-makes-client": (v) => `Source: \`${v.text}\` at ${at(v.site)}.`,
  "fix-client-share": (v) =>
    `Make one ${v.instance} when the program starts, or one for each configuration, and use it for all requests: it is safe for that and keeps its own pool.`,
  "fix-client-close": (v) => `Where it must be made anew, give it back on every path: ${v.closer}.`,
  "fix-library-close": (v) =>
    `Make the instance of ${v.library} once and share it, or close (stop, shut down) each on every path.`,
  "headline-http-transport": (v) =>
    `An HTTP transport is made again and again in ${at(v.site)}, and each keeps its connections: ${q(v.rate)} stay idle.`,
  "headline-http-idle-pool": (v) =>
    `The pool of the HTTP transport made in ${at(v.site)} keeps every idle connection: ${q(v.rate)} more.`,
  "headline-http-idle-caller": (v) =>
    `Idle HTTP connections pile up behind the call in ${at(v.site)}: ${q(v.rate)} more.`,
  "headline-http-idle-unknown-site": (v) => `Idle HTTP connections pile up: ${q(v.rate)} more.`,
  "http-idle-loops": (v) =>
    `Idle client connections rose from ${q(v.from)} to ${q(v.to)} (readLoop in I/O: the last response was read to its end).`,
  "transport-made": (v) =>
    `${at(v.site)} makes ${v.instance === "" ? "a transport" : `a ${v.instance}`} within the window, by the heap profile.`,
  "source-makes-transport": (v) => `Source: \`${v.text}\` at ${at(v.site)}.`,
  "fix-transport-share": () =>
    "Make one http.Client with its Transport when the program starts and share it; what differs from request to request belongs in the request and its context.",
  "fix-idle-timeout": () =>
    "Set IdleConnTimeout (90 s in http.DefaultTransport; a Transport{} of your own has none), or call CloseIdleConnections when done.",
  "fix-idle-cap": () =>
    "Set MaxIdleConns: without it a pool keeps as many idle connections as there have been hosts, times MaxIdleConnsPerHost.",
};
