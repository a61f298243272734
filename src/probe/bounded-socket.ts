import * as net from "node:net";
import { type HostAndPort, renderHostAndPort } from "../patrol/check-types/address.ts";
import type { Deadline } from "./deadline.ts";
import { failureOfCause, type NetworkPhase } from "./network-failure.ts";
import { ProbeFailure } from "./probe-failure.ts";

/** More than any status or first row that a check reads; a query that returns more is the wrong query. */
const MAX_BYTES = 8 * 1024 * 1024;
const LOOK_EVERY_MS = 50;

export interface SocketSession {
  /** Not connected yet. */
  socket: net.Socket;
  /** "mysql host:port", for messages. */
  where: string;
}

/**
 * Lets a client library talk over a socket that is bounded in time and bytes and is gone when the promise settles,
 * whatever the library does. What `use` throws becomes a ProbeFailure by `explain`, or by what the socket says.
 */
export async function withSocket<T>(
  name: string,
  address: HostAndPort,
  deadline: Deadline,
  explain: (error: unknown, where: string) => ProbeFailure | undefined,
  use: (session: SocketSession) => Promise<T>,
): Promise<T> {
  const where = `${name} ${renderHostAndPort(address)}`;
  const socket = new net.Socket();
  const { promise: stopped, reject: stop } = Promise.withResolvers<never>();
  // It may settle when nobody waits for it any more.
  stopped.catch(() => {});
  let phase: NetworkPhase = "connecting";
  let socketError: unknown;
  socket.once("connect", () => {
    phase = "answering";
  });
  socket.on("error", (error) => {
    socketError ??= error;
  });
  const dropAbort = deadline.onAbort(() => stop(deadline.failure(where, phase)));
  const watch = setInterval(() => {
    if (socket.bytesRead > MAX_BYTES) stop(tooLarge(where));
  }, LOOK_EVERY_MS);
  try {
    const result = await Promise.race([use({ socket, where }), stopped]);
    // A fast server is through before the next look.
    if (socket.bytesRead > MAX_BYTES) throw tooLarge(where);
    return result;
  } catch (error) {
    if (error instanceof ProbeFailure) throw error;
    if (socket.bytesRead > MAX_BYTES) throw tooLarge(where);
    throw explain(error, where) ?? failureOfCause(socketError ?? error, where, phase);
  } finally {
    clearInterval(watch);
    dropAbort();
    // What was written last (a farewell) still goes out; no answer is waited for.
    if (deadline.signal.aborted || phase === "connecting") socket.destroy();
    else socket.destroySoon();
  }
}

function tooLarge(where: string): ProbeFailure {
  return new ProbeFailure(
    "too-large",
    `${where}: it answered with more than ${MAX_BYTES} bytes.`,
    "Let the query return a row with figures, not the data.",
  );
}
