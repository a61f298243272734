import type { AddSpan } from "./span.ts";

/** What stands for a credential; the class alone, since any rest of it would help to guess. */
export const CREDENTIAL = "[credential]";

/** Beginnings by which the tokens of well-known issuers can be told, whatever the key. Group 1, if there is one, stays. */
const TOKENS: readonly RegExp[] = [
  /\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bLTAI[A-Za-z0-9]{12,30}\b/g,
  /\bAKID[A-Za-z0-9]{13,48}\b/g,
  /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_[A-Za-z0-9]{30,})/g,
  /\bxox[abeprs]-[\w-]{10,}/g,
  /\bAIza[\w-]{35}/g,
  /\bsk-[\w-]{20,}/g,
  /\bhv[sb]\.[\w-]{20,}/g,
  /\bSEC[0-9a-f]{64}\b/g,
  /(\b[Bb]earer[ +])(?=[\w.~+/=-]*[\d.+/=_])[\w.~+/=-]{8,}/g,
  /(\b[Bb]asic[ +])(?=[A-Za-z0-9+/=]*[\dA-Z+/=])[A-Za-z0-9+/]{8,}={0,2}/g,
  /(\/open-apis\/bot\/v2\/hook\/)[\w-]{8,}/g,
  /(hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/)[\w/-]{8,}/g,
  /(qyapi\.weixin\.qq\.com\/cgi-bin\/webhook\/[\w-]+\?key=)[\w-]{8,}/g,
];
const MAY_BE_TOKEN =
  /eyJ|AKIA|ASIA|LTAI|AKID|gh[pousr]_|github_pat|glpat-|npm_|xox[abeprs]-|AIza|sk-|hv[sb]\.|SEC[0-9a-f]|[Bb]earer|[Bb]asic|\/hook\/|hooks\.slack|webhook\/|-----BEGIN/;

export function findTokens(text: string, add: AddSpan): void {
  if (!MAY_BE_TOKEN.test(text)) return;
  for (const pattern of TOKENS) {
    for (const { 0: token, 1: kept = "", index } of text.matchAll(pattern)) {
      add(index + kept.length, index + token.length, "credential", CREDENTIAL);
    }
  }
  let at = text.indexOf("-----BEGIN ");
  while (at >= 0) {
    const label = /^-----BEGIN (?:[A-Z0-9 ]{0,40})PRIVATE KEY(?: BLOCK)?-----/.exec(text.slice(at, at + 80));
    if (label === null) {
      at = text.indexOf("-----BEGIN ", at + 1);
      continue;
    }
    const ending = text.indexOf("-----END ", at);
    const close = ending < 0 ? -1 : text.indexOf("-----", ending + 9);
    // A key that was cut off is a key.
    const end = close < 0 ? text.length : close + 5;
    add(at, end, "credential", CREDENTIAL);
    at = text.indexOf("-----BEGIN ", end);
  }
}

/** Passwords of URLs and DSNs: `scheme://user:password@host`, and without a scheme as Go's MySQL driver has it. */
export function findUserinfo(text: string, add: AddSpan): void {
  for (const { 0: scheme, index } of text.matchAll(/:\/\//g)) {
    const start = index + scheme.length;
    const run = /^[^\s"'<>`]{0,1024}/.exec(text.slice(start, start + 1024))![0];
    const at = lastHostMark(run);
    if (at < 0) continue;
    const colon = run.slice(0, at).indexOf(":");
    if (colon < 0) {
      // A token alone, as in https://TOKEN@host; a name is no secret.
      if (at >= 20 && /^[\w~.-]+$/.test(run.slice(0, at)) && /\d/.test(run.slice(0, at))) {
        add(start, start + at, "credential", CREDENTIAL);
      }
      continue;
    }
    const password = colon + 1;
    // host:8080/@scope is a port and a path.
    if (/^\d{1,5}\//.test(run.slice(password)) || run.slice(0, colon).includes("/") || password === at)
      continue;
    add(start + password, start + at, "credential", CREDENTIAL);
  }
  for (const match of text.matchAll(
    /(?<![\w./@-])([\w.-]{1,64}):([^\s:@/"'(){}]{1,128})@(?:(?:tcp|udp|unix)\(|[\w.-]{1,253}:\d{1,5}(?:[/\s"']|$))/g,
  )) {
    const start = match.index + match[1]!.length + 1;
    add(start, start + match[2]!.length, "credential", CREDENTIAL);
  }
}

/** The last "@" of the authority: passwords hold some that nobody escaped. -1 if there is none. */
function lastHostMark(run: string): number {
  const query = run.search(/[?#]/);
  const authority = query < 0 ? run : run.slice(0, query);
  const plain = authority.lastIndexOf("@");
  if (plain < 0) return -1;
  // "@" within the path: only if what is before is no host with a path.
  const slash = authority.indexOf("/");
  const isInPath = slash >= 0 && slash < plain && !/^[^/:@]*:(?!\d{1,5}\/)[^/@]*\//.test(authority);
  return isInPath ? authority.slice(0, slash).lastIndexOf("@") : plain;
}
