/**
 * A shell command without the usual credentials: `//user:password@`, authorization and cookie headers, and
 * `--password x`, `token=x` and their like. A net for what people paste, not a proof of absence.
 */
export function redactCommand(command: string): string {
  return command
    .replace(/\/\/[^/\s'"]*@/g, "//***@")
    .replace(/\b((?:proxy-)?authorization|x-api-key|cookie)(\s*[:=]\s*)[^'"\n]+/gi, "$1$2***")
    .replace(/\b(bearer|token|password|passwd|secret|api[-_]?key)([ =])[^\s'"&]+/gi, "$1$2***")
    .replace(/(^|\s)(-u|--user)([ =])[^\s'"]+/g, "$1$2$3***");
}

/** What the user typed for a target that could not be understood, without what may be a password or token. */
export function redactWord(word: string): string {
  const at = word.lastIndexOf("@");
  const host = at < 0 ? word : `***@${word.slice(at + 1)}`;
  const query = host.search(/[?#]/);
  return query < 0 ? host : `${host.slice(0, query)}?***`;
}

/** A URL without user, password, query values and fragment. Query names stay: they tell which URL it was. */
export function redactUrl(url: URL): string {
  const names = [...new Set(url.searchParams.keys())].map((name) => `${encodeURIComponent(name)}=***`);
  return `${url.protocol}//${url.host}${url.pathname}${names.length === 0 ? "" : `?${names.join("&")}`}`;
}
