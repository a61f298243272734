import type { CaptureSession } from "./capture-session.ts";
import { symbolEndpoint } from "./endpoints.ts";

/** So many that the URL stays below 8 kB, which is what proxies take at least. */
const ADDRESSES_PER_REQUEST = 400;
/** 20,000 addresses; the runtime functions that hide in front of a heap's stacks are a few hundred at most. */
const MAX_REQUESTS = 50;

/**
 * Asks the target for the names of addresses that its heap text leaves without one, and records the answers.
 *
 * By GET: since Go 1.23 the default mux answers a POST to /debug/pprof/symbol with 405, while the handler has read
 * addresses from the query in every release (net/http/pprof/pprof.go, Symbol).
 */
export async function captureSymbols(
  session: CaptureSession,
  addresses: readonly bigint[],
  signal: AbortSignal,
): Promise<void> {
  if (session.target === undefined) return;
  const endpoint = symbolEndpoint(session.target);
  const requests = Math.ceil(addresses.length / ADDRESSES_PER_REQUEST);
  for (let nth = 0; nth < Math.min(requests, MAX_REQUESTS); nth++) {
    if (signal.aborted) return;
    const part = addresses.slice(nth * ADDRESSES_PER_REQUEST, (nth + 1) * ADDRESSES_PER_REQUEST);
    const words = part.map((address) => `0x${address.toString(16)}+`).join("");
    const file = nth === 0 ? endpoint.file : endpoint.file.replace(".", `-${nth + 1}.`);
    if ((await session.fetch(endpoint, signal, { words, file })) !== undefined) return;
  }
  if (requests > MAX_REQUESTS) {
    const asked = MAX_REQUESTS * ADDRESSES_PER_REQUEST;
    await session.skip(
      endpoint,
      `Only the first ${asked} of ${addresses.length} addresses were asked for their names.`,
    );
  }
}
