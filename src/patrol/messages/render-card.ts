import { truncateUtf8 } from "../../lib/truncate-utf8.ts";
import type { Card, CardEntry, Tone } from "./write-card.ts";

/** How a service marks up text. */
export interface Dialect {
  /** What would be read as mark-up is shown as it is. */
  escape(text: string): string;
  bold(text: string): string;
  /** An entry's head in the colour of its tone; `bold` where there are no colours. */
  toned(text: string, tone: Tone): string;
  /** Less important lines. */
  faint(text: string): string;
  /** Between lines of one entry, and between entries. */
  lineBreak: string;
  paragraphBreak: string;
}

export interface RenderedCard {
  text: string;
  /** Entries for which there was no room; the text says how many. */
  unlisted: number;
}

/** Bytes that one entry may have, so that a single long one leaves room for the others. */
const MAX_ENTRY_BYTES = 1200;
const MAX_LINE_BYTES = 600;

/**
 * The card as text of at most `maxBytes` in UTF-8: whole entries, most urgent first, then how many more there are. The
 * first entry is always there, shortened if need be.
 */
export function renderCard(
  card: Card,
  dialect: Dialect,
  maxBytes: number,
  head: readonly string[] = [],
): RenderedCard {
  const { faint, lineBreak, paragraphBreak } = dialect;
  const plain = (line: string): string => dialect.escape(line);
  const foot = card.foot.map((line) => faint(plain(truncateUtf8(line, MAX_LINE_BYTES)))).join(lineBreak);
  const join = (entries: readonly string[], unlisted: number): string => {
    const more = card.more(unlisted);
    return [...head, ...entries, ...(more === null ? [] : [dialect.bold(plain(more))]), foot].join(
      paragraphBreak,
    );
  };
  const listed: string[] = [];
  for (const entry of card.entries) {
    const unlisted = card.entries.length - listed.length - 1;
    const room = maxBytes - Buffer.byteLength(join([...listed, ""], unlisted));
    const text = renderEntry(entry, dialect, Math.min(MAX_ENTRY_BYTES, room), listed.length === 0);
    if (text === null) break;
    listed.push(text);
  }
  const unlisted = card.entries.length - listed.length;
  return { text: truncateUtf8(join(listed, unlisted), maxBytes), unlisted };
}

/** null: not even its head and summary fit. Later lines are left out one by one. */
function renderEntry(entry: CardEntry, dialect: Dialect, room: number, must: boolean): string | null {
  const lines = entry.lines.map((line) => dialect.escape(truncateUtf8(line, MAX_LINE_BYTES)));
  const head = dialect.toned(dialect.escape(truncateUtf8(entry.head, MAX_LINE_BYTES)), entry.tone);
  for (let kept = lines.length; kept >= 1; kept--) {
    const text = [head, ...lines.slice(0, kept)].join(dialect.lineBreak);
    if (Buffer.byteLength(text) <= room) return text;
  }
  // A cut within mark-up would colour the rest of the message, so that only plain text is cut.
  return must ? truncateUtf8(dialect.escape(entry.head), Math.max(room, 0)) : null;
}

/** No mark-up: e-mail's text part, the log. */
export const PLAIN: Dialect = {
  escape: (text) => text,
  bold: (text) => text,
  toned: (text) => text,
  faint: (text) => text,
  lineBreak: "\n  ",
  paragraphBreak: "\n\n",
};
