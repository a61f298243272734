import type { ResourceStatements } from "../../../findings/statements/resource.ts";
import { at, q, type WordingOf } from "../wording.ts";
import { oneIn } from "./words.ts";

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
  "fix-client-give-back": (v) =>
    `Give it back on every path, also on errors and early returns: defer ${v.closer} right after the error check.`,
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
  "headline-timer": (v) =>
    `Timers made by time.${v.kind} in ${at(v.site)} pile up: they are neither stopped nor have they fired.`,
  "headline-timer-holds": (v) =>
    `The time.${v.kind} in ${at(v.site)} is not stopped: until it fires, its function holds on to what it refers to.`,
  "source-makes-timer": (v) =>
    `Source: \`${v.text}\` at ${at(v.site)}${v.duration === "" ? "" : `, for ${v.duration}`}.`,
  "source-timer-no-stop": (v) => `Source: nothing in the package stops the timer made at ${at(v.site)}.`,
  "timer-func-held": () =>
    "The runtime holds an AfterFunc timer, its function and what that refers to until it fires or is stopped, in every version of Go.",
  "timers-stay-old-go": (v) =>
    `In ${v.version} the runtime holds a timer until it fires or is stopped, whether or not anybody refers to it; a ticker for good.`,
  "timers-stay-go-line": (v) =>
    `${v.version} would collect timers that nobody refers to, but the go line of go.mod says ${v.line}: below 1.23 asynctimerchan=1 is the default and they stay.`,
  "timers-stay-maybe": () =>
    "Before Go 1.23, or with a go line below 1.23 in go.mod, the runtime holds a timer until it fires or is stopped, whether or not anybody refers to it.",
  "timers-are-held": () =>
    "Since Go 1.23 timers that nobody refers to are collected: something still refers to these, or GODEBUG=asynctimerchan=1 is set.",
  "fix-timer-reuse": () =>
    "Make one time.NewTimer before the loop, Reset it in each turn and defer its Stop; if only silence matters, a ticker and a flag do.",
  "fix-timer-stop": () => "Call Stop as soon as the wait is over, on every path: defer timer.Stop().",
  "fix-ticker-stop": () =>
    "defer ticker.Stop() right after time.NewTicker; time.Tick only where the loop lives as long as the program.",
  "fix-timer-func": () =>
    "Keep what time.AfterFunc returns and call Stop when its subject is done; let its function take an id rather than the object.",
  "fix-timer-go": () =>
    "Go 1.23 with go 1.23 or later in go.mod collects timers and tickers that nobody refers to.",
  "headline-context": (v) =>
    `Contexts made by context.${v.kind} in ${at(v.site)} are not cancelled and stay with their parent.`,
  "headline-context-values": (v) =>
    `Contexts made by context.WithValue in ${at(v.site)} pile up: each holds on to the one below it.`,
  "source-makes-context": (v) =>
    `Source: \`${v.text}\`${v.parent === "" ? "" : `; the parent ${v.parent} lists it until it is cancelled or its time is over`}.`,
  "source-cancel-never": () => "Source: the cancel function is never called.",
  "source-cancel-stored": (v) =>
    `Source: the cancel function is kept${v.field === "" ? "" : ` in ${v.field}`} and nothing in the package calls it.`,
  "source-cancel-called": (v) =>
    `Source: it is cancelled by \`${v.text}\` at ${at(v.site)}, but not on every path.`,
  "fix-context-cancel": () =>
    "defer cancel() right after the context is made; go vet (lostcancel) finds paths without it.",
  "fix-context-end": () =>
    "Call the stored cancel function whenever the work ends, not only when it is aborted: it is no error to cancel twice.",
  "fix-context-parent": () =>
    "Derive from the request's context where there is one: what hangs below it goes with it.",
  "fix-context-nest": () =>
    "Do not assign a derived context to the variable it was derived from in a loop or on a long-lived object; derive each from the same parent.",
  "fix-context-stop": () => "Call the stop function that context.AfterFunc returns when the work is over.",
  "headline-pool-unreset": (v) =>
    `Values go back to the pool ${v.pool} without being emptied and grow with each use, in ${at(v.site)}.`,
  "headline-pool-oversized": (v) =>
    `Values of the pool ${v.pool} grow in ${at(v.site)} and are put back however large they are.`,
  "headline-pool-large": (v) => `The pool ${v.pool} keeps ${q(v.bytes)} in large values.`,
  "pool-value-grows": (v) =>
    `What ${at(v.site)} allocates is part of a value of the pool ${v.pool}: ${q(v.objectBytes)} each at the end.`,
  "pool-size-records": (v) =>
    `What the users of ${v.pool} allocate is larger and larger: the largest object was ${q(v.from)} at the begin and is ${q(v.to)} at the end, and ${q(v.records)} of ${q(v.parts)} parts of the window had one larger than all before (by chance 1 time in ${oneIn(v.chance.value)}).`,
  "pool-size-peak": (v) =>
    `At most ${q(v.bytes)} of it were in use at one look. Collections take values that lie in the pool, those that are forced for a look as well: between them there is more.`,
  "source-pool-put": (v) => `Source: put back by \`${v.text}\` at ${at(v.site)}.`,
  "source-pool-no-reset": (v) => `Source: nothing empties a value of ${v.pool} between two uses.`,
  "source-pool-no-bound": (v) =>
    `Source: what is put back into ${v.pool} is not looked at for its size, so that one large request makes it large for good.`,
  "fix-pool-reset": () =>
    "Empty the value where it is put back (buf.Reset(), s.text = s.text[:0], clear(m)), so that nobody can forget it where it is taken.",
  "fix-pool-bound": () => "Do not put back what has become large: if cap(buf) > 64<<10 { return }.",
};
