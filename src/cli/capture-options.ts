import { readFile } from "node:fs/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { AccessOptions } from "../capture/http-access.ts";
import { parseDurationMs, parseSizeBytes } from "../lib/parse-quantity.ts";
import { UsageError } from "./exit-code.ts";

/** Options of every command that captures, as commander gives them. */
export interface CaptureFlags {
  for: number;
  every: number;
  limit?: number;
  gc: boolean;
  load?: string;
  header?: string[];
  bearer?: string;
  basic?: string;
  cert?: string;
  key?: string;
  ca?: string;
  insecure?: boolean;
  followRedirects?: boolean;
  timeout: number;
  connectTimeout: number;
  maxBody: number;
  maxGoroutines: number;
  quiet?: boolean;
  gcLog?: string[];
  pid?: number;
  process: boolean;
  source?: string | false;
}

/** How long a command watches, unless it is told. */
interface WindowDefaults {
  for: { ms: number; text: string };
  every: { ms: number; text: string };
}

const USUAL_WINDOW: WindowDefaults = { for: { ms: 30_000, text: "30s" }, every: { ms: 5_000, text: "5s" } };

export function addCaptureOptions(command: Command, window = USUAL_WINDOW): Command {
  const { for: length, every } = window;
  return command
    .addOption(duration("--for <duration>", "how long to watch a live target", length.ms, length.text))
    .addOption(duration("--every <duration>", "time between two samples", every.ms, every.text))
    .option(
      "--limit <size>",
      "memory limit of the target, e.g. 2GiB (what the container is allowed)",
      parseSize,
    )
    .option("--no-gc", "do not ask for a collection before each heap profile (no exact live heap then)")
    .option(
      "--pid <number>",
      "process of this machine to look at from outside (/proc): alone, or beside its URL",
      parseCount,
    )
    .addOption(new Option("--no-process", "do not look for the process behind a URL of this machine"))
    .option("--load <command>", "shell command to run between the first and the last sample")
    .option("--source <dir>", "where the target's Go source is, to name the statement that keeps the memory")
    .addOption(new Option("--no-source", "use no source: read no files, and leave out what a bundle holds"))
    .option("--header <name: value>", "header to send with every request (repeatable)", collect)
    .option("--bearer <token>", "bearer token, or @FILE, or env:NAME")
    .option("--basic <user:password>", "basic authentication, or @FILE, or env:NAME")
    .option("--cert <file>", "client certificate, PEM")
    .option("--key <file>", "key of the client certificate, PEM")
    .option("--ca <file>", "certificate authority to trust, PEM")
    .option("--insecure", "accept any server certificate")
    .option("--follow-redirects", "follow redirects (refused by default)")
    .addOption(duration("--timeout <duration>", "for one request as a whole", 60_000, "1m"))
    .addOption(duration("--connect-timeout <duration>", "to be let in: name, TCP and TLS", 5_000, "5s"))
    .addOption(
      new Option("--max-body <size>", "most bytes taken of one answer")
        .argParser(parseSize)
        .default(256 * 2 ** 20, "256MiB"),
    )
    .option(
      "--max-goroutines <count>",
      "no goroutine?debug=2 above this many (it stops the world)",
      parseCount,
      20_000,
    )
    .option(
      "--gc-log <file>",
      "the target's stderr with lines of GODEBUG=gctrace=1, read at the end (repeatable)",
      collect,
    )
    .option("-q, --quiet", "no progress on stderr");
}

function duration(flag: string, description: string, defaultMs: number, defaultText: string): Option {
  return new Option(flag, description).argParser(parseDuration).default(defaultMs, defaultText);
}

/** Reads the files and variables that the flags name. Secrets can be kept out of the process list that way. */
export async function readAccess(flags: CaptureFlags, gopatrolVersion: string): Promise<AccessOptions> {
  const basic = await readSecret(flags.basic, "--basic");
  return {
    headers: (flags.header ?? []).map(splitHeader),
    bearer: await readSecret(flags.bearer, "--bearer"),
    basic: basic === undefined ? undefined : splitBasic(basic),
    cert: await readPem(flags.cert, "--cert"),
    key: await readPem(flags.key, "--key"),
    ca: await readPem(flags.ca, "--ca"),
    insecure: flags.insecure,
    followRedirects: flags.followRedirects,
    timeoutMs: flags.timeout,
    connectTimeoutMs: flags.connectTimeout,
    maxBytes: flags.maxBody,
    userAgent: `gopatrol/${gopatrolVersion}`,
  };
}

async function readSecret(value: string | undefined, flag: string): Promise<string | undefined> {
  if (value === undefined) return undefined;
  if (value.startsWith("@")) return (await readNamedFile(value.slice(1), flag)).trim();
  if (!value.startsWith("env:")) return value;
  const secret = process.env[value.slice("env:".length)];
  if (secret === undefined) throw new UsageError(`${flag}: the variable ${value.slice(4)} is not set`);
  return secret;
}

async function readPem(path: string | undefined, flag: string): Promise<string | undefined> {
  return path === undefined ? undefined : await readNamedFile(path, flag);
}

async function readNamedFile(path: string, flag: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(
      `${flag}: cannot read ${path} (${(error as NodeJS.ErrnoException).code ?? "error"})`,
    );
  }
}

function splitHeader(text: string): [string, string] {
  const colon = text.indexOf(":");
  if (colon <= 0) throw new UsageError('--header wants "Name: value"');
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

function splitBasic(text: string): { user: string; password: string } {
  const colon = text.indexOf(":");
  if (colon < 0) throw new UsageError("--basic wants user:password");
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** Node's timers count milliseconds in 31 bits, and go off at once for more. */
const MAX_DURATION_MS = 24 * 24 * 3_600_000;

function parseDuration(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined || ms <= 0)
    throw new InvalidArgumentError("Wanted a duration such as 30s, 5m or 1m30s.");
  if (ms > MAX_DURATION_MS) throw new InvalidArgumentError("Wanted no more than 24 days (576h).");
  return ms;
}

function parseSize(text: string): number {
  const bytes = parseSizeBytes(text);
  if (bytes === undefined || bytes <= 0)
    throw new InvalidArgumentError("Wanted a size such as 512MiB or 2GiB.");
  return bytes;
}

function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Wanted a whole number.");
  return Number(text);
}
