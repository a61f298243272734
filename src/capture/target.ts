import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { CaptureError } from "./capture-error.ts";
import { redactWord } from "./redact.ts";
import { isTarHead } from "./tar-head.ts";

/** A live service, asked through net/http/pprof. */
export interface UrlTarget {
  kind: "url";
  /** As the user named it, without secrets. */
  name: string;
  /** `http://host:port`, without a path. */
  serverRoot: string;
  /** Where pprof's index is mounted, without the closing slash: "/debug/pprof", "/svc/debug/pprof" or "". */
  pprofPath: string;
  /** From `https+insecure://`: any certificate will do. */
  insecure: boolean;
  /** From `user:password@`. */
  basic: { user: string; password: string } | undefined;
  /** A query the user gave (a gateway's token), sent with every request and shown nowhere. */
  query: string;
}

/** A process of this machine, with or without a pprof server of its own. */
export interface ProcessTarget {
  kind: "process";
  /** "pid:123" */
  name: string;
  pid: number;
}

export type Target =
  | UrlTarget
  | ProcessTarget
  | { kind: "bundle"; form: "directory" | "archive"; path: string }
  | { kind: "files"; paths: string[] };

const DEFAULT_PPROF_PATH = "/debug/pprof";
const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]*):(\d{1,5})([/?].*)?$/i;
const SCHEME = /^([a-z][a-z0-9.-]*(?:\+insecure)?):\/\//i;
/** Last path segments that name one profile rather than the place where pprof is mounted. */
const PROFILE_NAMES = new Set([
  "allocs",
  "block",
  "cmdline",
  "goroutine",
  "goroutineleak",
  "heap",
  "mutex",
  "profile",
  "symbol",
  "threadcreate",
  "trace",
]);
/** net/http/pprof's own parameters, which come along when a profile's URL is pasted. */
const PPROF_PARAMETERS = ["debug", "gc", "seconds"];

/**
 * What the words on the command line mean: one service, one bundle, or any number of loose files.
 * A path that exists wins over host:port of the same spelling. Throws CaptureError "bad-target", "no-such-file",
 * "not-a-file" or "unreadable".
 */
export async function resolveTarget(words: readonly string[]): Promise<Target> {
  if (words.length === 0) {
    throw new CaptureError("bad-target", "no target was given", TARGET_HINT);
  }
  const targets = await Promise.all(words.map(resolveWord));
  const [first, ...rest] = targets;
  if (first !== undefined && rest.length === 0) return first;
  const paths = targets.flatMap((target) => (target.kind === "files" ? target.paths : []));
  if (paths.length === targets.length) return { kind: "files", paths };
  throw new CaptureError(
    "bad-target",
    "several targets were given that do not go together",
    "give one service, or one bundle, or any number of profile and dump files",
  );
}

const TARGET_HINT =
  "give a URL (http://host:6060), host:port, :port, pid:N, a bundle, or profile and dump files; for several, one kind only";

/** The target of `pid:N`. */
export function processTarget(pid: number): ProcessTarget {
  return { kind: "process", name: `pid:${pid}`, pid };
}

async function resolveWord(word: string): Promise<Target> {
  const pid = /^pid:(\d{1,10})$/.exec(word)?.[1];
  if (pid !== undefined) return processTarget(Number(pid));
  if (SCHEME.test(word)) return parseUrlTarget(word);
  let stats: Awaited<ReturnType<typeof stat>>;
  try {
    stats = await stat(word);
  } catch (cause) {
    if (HOST_AND_PORT.test(word)) return parseUrlTarget(word);
    throw missingFile(word, cause);
  }
  if (!stats.isDirectory()) {
    return (await hasTarHead(word))
      ? { kind: "bundle", form: "archive", path: word }
      : { kind: "files", paths: [word] };
  }
  try {
    await stat(join(word, "manifest.json"));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw missingFile(word, cause);
    throw new CaptureError(
      "not-a-file",
      `${word} is a directory without manifest.json, so it is not a bundle`,
      `name the files in it instead, as in ${join(word, "*")}`,
      cause,
    );
  }
  return { kind: "bundle", form: "directory", path: word };
}

function missingFile(word: string, cause: unknown): CaptureError {
  const shown = redactWord(word);
  const code = (cause as NodeJS.ErrnoException).code;
  if (code !== "ENOENT" && code !== "ENOTDIR") {
    return new CaptureError(
      "unreadable",
      `${shown} cannot be looked at (${code})`,
      "check its permissions",
      cause,
    );
  }
  const looksLikePath = word.includes("/") || /\.(pb|gz|prof|pprof|txt|log|json)$/i.test(word);
  return looksLikePath
    ? new CaptureError("no-such-file", `there is no file ${shown}`, "check the path", cause)
    : new CaptureError("bad-target", `"${shown}" is neither a file nor host:port`, TARGET_HINT, cause);
}

/** Content decides: a pprof profile is gzip too, but a tar archive has its mark at byte 257 of the first block. */
async function hasTarHead(path: string): Promise<boolean> {
  try {
    const stats = await stat(path);
    // Reading from a pipe would eat what the loader needs.
    if (!stats.isFile()) return false;
    const file = await open(path, "r");
    try {
      const { bytesRead, buffer } = await file.read(new Uint8Array(4096), 0, 4096, 0);
      return isTarHead(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    // Whoever loads the file will say what is wrong with it.
    return false;
  }
}

/** Parses a URL, `host:port` or `:port`, with or without a path. Pure. Throws CaptureError "bad-target". */
export function parseUrlTarget(word: string): UrlTarget {
  const scheme = SCHEME.exec(word)?.[1]?.toLowerCase();
  const insecure = scheme === "https+insecure";
  if (scheme !== undefined && scheme !== "http" && scheme !== "https" && !insecure) {
    throw new CaptureError(
      "bad-target",
      `the scheme ${scheme}:// is not supported`,
      "use http:// or https://",
    );
  }
  const url = parseUrl(word, scheme, insecure);
  if (url.port === "0") {
    throw new CaptureError(
      "bad-target",
      `${redactWord(word)} names port 0`,
      "give the port of the pprof server",
    );
  }
  for (const name of PPROF_PARAMETERS) url.searchParams.delete(name);
  const hasSecrets = word.includes("@") || word.includes("?") || word.includes("#");
  return {
    kind: "url",
    name: hasSecrets ? `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}` : word,
    serverRoot: `${url.protocol}//${url.host}`,
    pprofPath: findPprofPath(url.pathname),
    insecure,
    basic:
      url.username === "" && url.password === ""
        ? undefined
        : { user: decodePart(url.username), password: decodePart(url.password) },
    query: url.searchParams.toString(),
  };
}

function parseUrl(word: string, scheme: string | undefined, insecure: boolean): URL {
  let text = word;
  if (insecure) text = word.replace(SCHEME, "https://");
  if (scheme === undefined) text = `http://${word.startsWith(":") ? "localhost" : ""}${word}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === "" || (scheme === undefined && !HOST_AND_PORT.test(word))) {
    throw new CaptureError("bad-target", `"${redactWord(word)}" is not a URL or host:port`, TARGET_HINT);
  }
  return url;
}

/** "/debug/pprof/heap" and "/debug/pprof/" are both "/debug/pprof"; no path at all is the default one. */
function findPprofPath(pathname: string): string {
  const segments = pathname.split("/").filter((segment) => segment !== "");
  if (segments.length === 0) return DEFAULT_PPROF_PATH;
  const mounted = segments.lastIndexOf("pprof");
  const last = segments.at(-1)!;
  // Services add profiles of their own names, so below …/debug/pprof any one segment is a profile.
  const isProfile =
    PROFILE_NAMES.has(last) || (mounted === segments.length - 2 && segments[mounted - 1] === "debug");
  if (isProfile) segments.pop();
  return segments.length === 0 ? "" : `/${segments.join("/")}`;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
