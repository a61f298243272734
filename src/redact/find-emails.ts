import type { AddSpan } from "./span.ts";

const DOMAIN = /(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.)+([A-Za-z]{2,24})(?![\w-])/y;
/** What follows the last dot of a file, a unit of systemd or a host within a cluster that stands behind an "@". */
const NO_TLD = new Set(
  "go so service socket timer target mount slice scope json yaml yml txt log html js ts css mod sum gz zip tar".split(
    " ",
  ),
);
/** RFC 5321. */
const MAX_LOCAL = 64;

/** A mailbox before and a domain behind "@": its first letter and the domain stay. */
export function findEmails(text: string, add: AddSpan): void {
  for (let index = text.indexOf("@"); index >= 0; index = text.indexOf("@", index + 1)) {
    let start = index;
    while (start > 0 && index - start < MAX_LOCAL && /[A-Za-z0-9._%+'-]/.test(text[start - 1]!)) start--;
    while (start < index && !/[A-Za-z0-9]/.test(text[start]!)) start++;
    if (start >= index) continue;
    DOMAIN.lastIndex = index + 1;
    const domain = DOMAIN.exec(text);
    // golang.org/x/net@v0.17.0 is a module, getty@tty1.service a unit.
    if (domain === null || /^v\d/.test(domain[0]) || NO_TLD.has(domain[1]!.toLowerCase())) continue;
    add(start, DOMAIN.lastIndex, "email", `${text[start]}***@${domain[0]}`);
  }
}
