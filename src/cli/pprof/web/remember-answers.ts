import type { Answer } from "./web-server.ts";

/** Pages of the largest profiles have some 2 MB: back and forth between a dozen of them takes no time. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Keeps what was answered last by address, for those that `isLasting` says will be answered the same. What is wrong is
 * asked again: it may be mended by then.
 */
export function rememberAnswers(
  answer: (url: URL) => Promise<Answer>,
  isLasting: (url: URL) => boolean,
): (url: URL) => Promise<Answer> {
  const kept = new Map<string, Answer>();
  let bytes = 0;
  return async (url) => {
    const key = url.pathname + url.search;
    const known = kept.get(key);
    if (known !== undefined) {
      // The one asked for last is the last to go.
      kept.delete(key);
      kept.set(key, known);
      return known;
    }
    const made = await answer(url);
    if (made.status !== 200 || made.body.length > MOST_BYTES || kept.has(key) || !isLasting(url)) return made;
    kept.set(key, made);
    bytes += made.body.length;
    for (const [oldest, { body }] of kept) {
      if (bytes <= MOST_BYTES) break;
      kept.delete(oldest);
      bytes -= body.length;
    }
    return made;
  };
}
