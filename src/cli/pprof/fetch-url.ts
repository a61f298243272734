import { readFileSync } from "node:fs";
import { CaptureError } from "../../capture/capture-error.ts";
import { checkAccess } from "../../capture/http-access.ts";
import { sendRequest } from "../../capture/http-request.ts";
import { parseUrlTarget } from "../../capture/target.ts";
import { UsageError } from "../exit-code.ts";
import type { PprofCommand } from "./flags.ts";
import type { Fetched } from "./sources.ts";

const CPU_PROFILE_PATH = "/debug/pprof/profile";
const DEFAULT_TIMEOUT_SECONDS = 60;
/** What upstream's client waits beyond the timeout. */
const GRACE_SECONDS = 5;
const LOOKS_LIKE_URL = /^[a-z][a-z+]*:\/\/|^[^/]*:\d+(?:[/?]|$)/i;
const INSECURE = /^https\+insecure:/i;

/** Fetches a profile; the URL of a server alone is that of its CPU profile (cmd/pprof/pprof.go, adjustURL). */
export async function fetchUrl(
  source: string,
  command: PprofCommand,
  warn: (message: string) => void,
): Promise<Fetched> {
  if (!LOOKS_LIKE_URL.test(source)) {
    throw new CaptureError(
      "no-such-file",
      `there is no file ${source}`,
      "check the path, or give a URL or host:port",
    );
  }
  const target = parseUrlTarget(source);
  const url = parseUrl(source);
  if (url.pathname === "" || url.pathname === "/") url.pathname = CPU_PROFILE_PATH;
  url.username = "";
  url.password = "";
  if (command.seconds !== undefined && command.seconds > 0)
    url.searchParams.set("seconds", String(command.seconds));
  const seconds = Number(url.searchParams.get("seconds") ?? 0);
  const timeoutSeconds = chooseTimeout(command.timeoutSeconds, seconds);
  const where = `${url.origin}${url.pathname}${seconds > 0 ? `?seconds=${seconds}` : ""}`;
  warn(`Fetching profile over HTTP from ${where}`);
  if (seconds > 0) warn(`Please wait... (${seconds}s)`);
  const { tls } = command;
  const access = checkAccess(
    {
      headers: command.headers.map(splitHeader),
      cert: readPem(tls.cert),
      key: readPem(tls.key),
      ca: readPem(tls.ca),
      insecure: tls.insecure,
      timeoutMs: (timeoutSeconds + GRACE_SECONDS) * 1000,
      followRedirects: true,
    },
    target,
  );
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  process.once("SIGINT", onSignal);
  try {
    const request = { url, where: `GET ${where}`, accept: "*/*", acceptGzip: false };
    const { bytes, cutOff } = await sendRequest(request, access, interrupt.signal);
    if (cutOff) warn(`${where}: the answer broke off; what came was kept`);
    return { read: () => bytes, name: where, isRemote: true };
  } finally {
    process.off("SIGINT", onSignal);
  }
}

/** Half as long again as the recording, or a minute. */
function chooseTimeout(asked: number | undefined, seconds: number): number {
  if (asked !== undefined && asked > 0) return asked;
  return seconds > 0 ? seconds * 1.5 : DEFAULT_TIMEOUT_SECONDS;
}

function parseUrl(source: string): URL {
  const text = source.replace(INSECURE, "https:");
  const whole = /^https?:\/\//i.test(text)
    ? text
    : `http://${text.startsWith(":") ? "localhost" : ""}${text}`;
  if (!URL.canParse(whole)) {
    throw new CaptureError("bad-target", `${source} is neither a file nor a URL`, "check the path");
  }
  return new URL(whole);
}

function splitHeader(text: string): [string, string] {
  const colon = text.indexOf(":");
  if (colon <= 0) throw new UsageError('-header wants "Name: value".');
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

function readPem(path: string): string | undefined {
  if (path === "") return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`cannot read ${path} (${(error as NodeJS.ErrnoException).code ?? "error"}).`);
  }
}
