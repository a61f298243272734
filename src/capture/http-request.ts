import * as http from "node:http";
import * as https from "node:https";
import { DecodeError } from "../bytes/decode-error.ts";
import { inflateGzip } from "../bytes/gunzip.ts";
import { CaptureError } from "./capture-error.ts";
import type { HttpAccess } from "./http-access.ts";
import {
  answerTimeout,
  connectionReset,
  connectTimeout,
  errorOfCause,
  errorOfStatus,
  interrupted,
  redirectError,
  tooLarge,
} from "./http-error.ts";
import { redactUrl } from "./redact.ts";

export interface HttpRequest {
  /** Without user and password; a query is sent as it stands and never shown. */
  url: URL;
  /** "METHOD URL" for messages, without secrets. */
  where: string;
  /** Value of the Accept header. */
  accept: string;
  /** Text may come compressed; a profile is gzip already, and asking for more of it only costs the target time. */
  acceptGzip: boolean;
}

export interface HttpBody {
  bytes: Uint8Array;
  /** The connection broke, or time ran out, after these bytes. */
  cutOff: boolean;
}

const MAX_REDIRECTS = 5;
/** All that is read of an answer that is not 200. */
const MAX_ERROR_PAGE_BYTES = 4096;

/**
 * One GET with a bound on time and size; resolves with the body of a 200 answer, throws CaptureError otherwise.
 *
 * Every request has a connection of its own. Kept alive, it would stand among the goroutines that we count, and be
 * closed by the service at the moment we use it again. No socket or timer is left when the promise settles.
 */
export async function sendRequest(
  request: HttpRequest,
  access: HttpAccess,
  signal: AbortSignal,
): Promise<HttpBody> {
  const deadline = performance.now() + access.timeoutMs;
  let url = request.url;
  for (let redirects = 0; ; redirects++) {
    const answer = await exchange({ ...request, url }, request.url.origin, access, deadline, signal);
    if (answer.location === undefined) return undoEncoding(answer, request.where, access.maxBytes);
    const next = URL.canParse(answer.location, url.href) ? new URL(answer.location, url.href) : undefined;
    const isHttp = next?.protocol === "http:" || next?.protocol === "https:";
    if (!access.followRedirects || redirects === MAX_REDIRECTS || next === undefined || !isHttp) {
      throw redirectError(
        answer.status,
        next === undefined ? "a bad address" : redactUrl(next),
        request.where,
      );
    }
    url = next;
  }
}

interface Answer extends HttpBody {
  status: number;
  contentEncoding: string;
  /** Set for a redirect: where to. */
  location: string | undefined;
}

function exchange(
  request: HttpRequest,
  ownOrigin: string,
  access: HttpAccess,
  deadline: number,
  signal: AbortSignal,
): Promise<Answer> {
  const { url, where } = request;
  if (signal.aborted) return Promise.reject(interrupted(where));
  const isTls = url.protocol === "https:";
  const isOwn = url.origin === ownOrigin;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const body = new BodyBuffer();
  let answer: Omit<Answer, "bytes" | "cutOff"> | undefined;
  let settled = false;

  const client = (isTls ? https : http).request(url, {
    agent: false,
    headers: {
      ...(isOwn ? access.credentials : {}),
      accept: request.accept,
      "accept-encoding": request.acceptGzip ? "gzip" : "identity",
      "user-agent": access.userAgent,
      connection: "close",
    },
    // A client certificate is a credential too: another origin gets the system's plain settings.
    ...(isTls ? { rejectUnauthorized: access.rejectUnauthorized || !isOwn } : {}),
    ...(isTls && isOwn ? { secureContext: access.secureContext } : {}),
  });

  const finish = (): boolean => {
    if (settled) return false;
    settled = true;
    clearTimeout(connectTimer);
    clearTimeout(answerTimer);
    signal.removeEventListener("abort", onAbort);
    client.destroy();
    return true;
  };
  const fail = (error: CaptureError): void => {
    if (finish()) reject(error);
  };
  const succeed = (cutOff: boolean): void => {
    if (answer !== undefined && finish()) resolve({ ...answer, bytes: body.join(), cutOff });
  };
  /** A profile without its end still tells something; an error page or nothing at all does not. */
  const endEarly = (error: CaptureError): void => {
    if (answer?.status === 200 && body.length > 0) succeed(true);
    else fail(error);
  };
  const onAbort = (): void => fail(interrupted(where));

  const connectTimer = setTimeout(
    () => fail(connectTimeout(where, access.connectTimeoutMs)),
    access.connectTimeoutMs,
  );
  const answerTimer = setTimeout(
    () => endEarly(answerTimeout(where, access.timeoutMs)),
    Math.max(1, deadline - performance.now()),
  );
  signal.addEventListener("abort", onAbort, { once: true });

  client.on("socket", (socket) => {
    socket.once(isTls ? "secureConnect" : "connect", () => clearTimeout(connectTimer));
  });
  // Stays on after the promise has settled: destroying a socket may report one more error.
  client.on("error", (cause) => endEarly(errorOfCause(cause, where)));
  client.on("response", (response) => {
    clearTimeout(connectTimer);
    const status = response.statusCode ?? 0;
    const isRedirect = status >= 301 && status <= 308 && status !== 304 && status !== 306;
    answer = {
      status,
      contentEncoding: (response.headers["content-encoding"] ?? "").toLowerCase(),
      location: isRedirect ? response.headers.location : undefined,
    };
    if (answer.location !== undefined) return succeed(false);
    if (status === 200 && Number(response.headers["content-length"] ?? 0) > access.maxBytes) {
      return fail(tooLarge(where, access.maxBytes));
    }
    response.on("data", (chunk: Buffer) => {
      body.push(chunk);
      if (status !== 200) {
        if (body.length >= MAX_ERROR_PAGE_BYTES) fail(errorOfStatus(status, body.join(), where));
      } else if (body.length > access.maxBytes) fail(tooLarge(where, access.maxBytes));
    });
    const onEnd = (): void => {
      if (status !== 200) fail(errorOfStatus(status, body.join(), where));
      else if (response.complete) succeed(false);
      else endEarly(connectionReset(where, "before the first byte of the body"));
    };
    response.on("end", onEnd);
    response.on("error", onEnd);
    response.on("close", onEnd);
  });
  // Behind an answer the response's own events tell how it ended, and they may come after this one.
  client.on("close", () => {
    if (answer === undefined) fail(connectionReset(where, "before an answer came"));
  });
  client.end();
  return promise;
}

function undoEncoding(answer: Answer, where: string, maxBytes: number): HttpBody {
  const { bytes, cutOff, contentEncoding } = answer;
  if (contentEncoding === "" || contentEncoding === "identity") return { bytes, cutOff };
  if (contentEncoding !== "gzip" && contentEncoding !== "x-gzip") {
    throw new CaptureError(
      "bad-response",
      `${where}: answered in the encoding "${contentEncoding.slice(0, 40)}", which we did not ask for`,
      "look at the proxy in between",
    );
  }
  try {
    const inflated = inflateGzip(bytes, { limitBytes: maxBytes });
    return { bytes: inflated.bytes, cutOff: cutOff || inflated.damage.length > 0 };
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    throw new CaptureError(
      "bad-response",
      `${where}: the compressed answer cannot be read (${cause.message})`,
      "look at the proxy in between, or try again",
      cause,
    );
  }
}

class BodyBuffer {
  length = 0;
  readonly #chunks: Uint8Array[] = [];

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  /** One array of its own, not a view into Node's shared pool. */
  join(): Uint8Array {
    const joined = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.#chunks) {
      joined.set(chunk, at);
      at += chunk.length;
    }
    return joined;
  }
}
