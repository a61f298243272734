import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

export interface ExchangeRequest {
  method: "GET" | "POST" | "PUT";
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  tls?: { ca?: string; cert?: string; key?: string; insecure?: boolean };
  /** For the exchange as a whole; of a stream: until its headers are there, and then between pieces. */
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  text: string;
}

/** No answer: the network, TLS, time, or size. `message` has no URL, which may hold a secret. */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError";
  /** ECONNREFUSED, ETIMEDOUT, too-large … */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** One request and its whole answer, whatever its status; redirects are not followed. Throws ExchangeError. */
export async function exchange(request: ExchangeRequest, maxBytes: number): Promise<Answer> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
  const response = await open({ ...request, signal }, deadline);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        response.destroy();
        throw new ExchangeError("too-large", `the answer is larger than ${maxBytes} bytes`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    throw toExchangeError(error, deadline);
  }
  return {
    status: response.statusCode!,
    headers: response.headers,
    text: Buffer.concat(chunks).toString("utf8"),
  };
}

/** Lines of an answer that goes on, each at most `maxLineBytes`. Ends with the answer; throws ExchangeError. */
export async function openLines(
  request: ExchangeRequest,
  maxLineBytes: number,
): Promise<{ status: number; lines: AsyncIterable<string> }> {
  const silence = new AbortController();
  const signal =
    request.signal === undefined ? silence.signal : AbortSignal.any([silence.signal, request.signal]);
  const arm = () =>
    setTimeout(() => silence.abort(new ExchangeError("ETIMEDOUT", "it fell silent")), request.timeoutMs);
  let timer = arm();
  const rearm = (): void => {
    clearTimeout(timer);
    timer = arm();
  };
  let response: IncomingMessage;
  try {
    response = await open({ ...request, signal }, silence.signal);
  } catch (error) {
    clearTimeout(timer);
    throw error;
  }
  rearm();
  async function* lines(): AsyncGenerator<string> {
    let rest = "";
    try {
      response.setEncoding("utf8");
      for await (const chunk of response as AsyncIterable<string>) {
        rearm();
        const parts = (rest + chunk).split("\n");
        rest = parts.pop()!;
        if (rest.length > maxLineBytes)
          throw new ExchangeError("too-large", "a line of the answer is too long");
        yield* parts;
      }
      if (rest !== "") yield rest;
    } catch (error) {
      throw toExchangeError(error, silence.signal);
    } finally {
      clearTimeout(timer);
      response.destroy();
    }
  }
  return { status: response.statusCode!, lines: lines() };
}

function open(request: ExchangeRequest, deadline: AbortSignal): Promise<IncomingMessage> {
  const { method, url, headers = {}, body, tls = {}, signal } = request;
  const send = url.startsWith("https:") ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(toExchangeError(error, deadline));
    try {
      const outgoing = send(url, {
        method,
        headers: {
          "user-agent": "gopatrol",
          accept: "application/json",
          ...(body === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
          ...headers,
        },
        ...(signal === undefined ? {} : { signal }),
        ...(tls.ca === undefined ? {} : { ca: tls.ca }),
        ...(tls.cert === undefined ? {} : { cert: tls.cert }),
        ...(tls.key === undefined ? {} : { key: tls.key }),
        rejectUnauthorized: tls.insecure !== true,
        agent: false,
      });
      outgoing.on("response", resolve).on("error", fail).end(body);
    } catch (error) {
      // Characters that HTTP does not allow in a header; Node's message repeats the name only.
      fail(error);
    }
  });
}

function toExchangeError(error: unknown, deadline: AbortSignal): ExchangeError {
  if (error instanceof ExchangeError) return error;
  if (deadline.aborted) return new ExchangeError("ETIMEDOUT", "no answer in time");
  const { code, name, cause } = error as NodeJS.ErrnoException;
  if (name === "AbortError") return new ExchangeError("aborted", "it was given up");
  const known = code ?? (cause as NodeJS.ErrnoException | undefined)?.code ?? "failed";
  return new ExchangeError(known, MESSAGES[known] ?? (error as Error).message);
}

const MESSAGES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was cut",
  ENOTFOUND: "the name is not known",
  EAI_AGAIN: "the name could not be looked up",
  ETIMEDOUT: "no answer in time",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate authority is not trusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate authority is not trusted",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  CERT_HAS_EXPIRED: "its certificate has expired",
};
