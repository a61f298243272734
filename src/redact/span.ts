import type { SensitiveClass } from "./redactor.ts";

/** A stretch of text that is sensitive, and what is to stand there instead. */
export interface Span {
  start: number;
  end: number;
  class: SensitiveClass;
  replacement: string;
}

/** What a finder does with a hit; offsets are those of the text it was given. */
export type AddSpan = (start: number, end: number, kind: SensitiveClass, replacement: string) => void;

/**
 * The text with the spans replaced. Where spans overlap, the one that begins first wins, of those the longest; what is
 * left of another is taken out with it, so that no rest of a number stays.
 */
export function replaceSpans(text: string, spans: Span[]): { text: string; used: Span[] } {
  spans.sort((a, b) => a.start - b.start || rank(a) - rank(b) || b.end - a.end);
  const used: Span[] = [];
  let result = "";
  let at = 0;
  for (const span of spans) {
    if (span.start < at) {
      // What looked like a mailbox was a password: the host behind it stays.
      if (span.class !== "email") at = Math.max(at, span.end);
      continue;
    }
    result += text.slice(at, span.start) + span.replacement;
    at = span.end;
    used.push(span);
  }
  return { text: result + text.slice(at), used };
}

function rank(span: Span): number {
  return span.class === "credential" ? 0 : 1;
}
