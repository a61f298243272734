import { type Damage, DecodeError } from "../../bytes/decode-error.ts";
import { decodeText, endsWith, startsWith } from "../../lib/ascii.ts";
import { LineScanner } from "../../lib/text-lines.ts";

/** One small file among several in one text. */
export interface FileSection {
  path: string;
  /** Without the line break that separates it from the next heading. */
  text: string;
}

const OPEN = "==> ";
const CLOSE = " <==";
const MAX_SECTIONS = 1000;
const MAX_SECTION_BYTES = 256 * 1024;

export function sniffProcSections(head: Uint8Array): boolean {
  const lines = new LineScanner(head);
  return (
    lines.next() &&
    startsWith(head, lines.start, lines.end, `${OPEN}/`) &&
    endsWith(head, lines.start, lines.end, CLOSE)
  );
}

/**
 * Decodes several small files of /proc and /sys in one text, each below a heading `==> path <==`, as `tail -n +1`
 * and `head` print them.
 *
 * @throws DecodeError if the first line is no heading.
 */
export function decodeProcSections(bytes: Uint8Array): { sections: FileSection[]; damage: Damage[] } {
  if (!sniffProcSections(bytes)) {
    throw new DecodeError("the first line is no heading of a file", {
      format: "proc-sections",
      offset: 0,
      hint: "Give what tail -n +1 prints of several files.",
    });
  }
  const damage: Damage[] = [];
  const sections: FileSection[] = [];
  const lines = new LineScanner(bytes);
  let path = "";
  let bodyStart = 0;
  const close = (end: number) => {
    if (path === "") return;
    const text = decodeText(bytes, bodyStart, Math.min(end, bodyStart + MAX_SECTION_BYTES));
    sections.push({ path, text: text.replace(/\n\n?$/, "\n") });
  };
  while (lines.next()) {
    const { start, end } = lines;
    if (!startsWith(bytes, start, end, `${OPEN}/`) || !endsWith(bytes, start, end, CLOSE)) continue;
    close(start);
    path = "";
    if (sections.length === MAX_SECTIONS) {
      damage.push({
        format: "proc-sections",
        offset: start,
        what: `the files after the first ${MAX_SECTIONS} were left out`,
      });
      break;
    }
    path = decodeText(bytes, start + OPEN.length, end - CLOSE.length);
    bodyStart = Math.min(bytes.length, end + 1);
  }
  close(bytes.length);
  return { sections, damage };
}
