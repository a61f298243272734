import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { DecodeError } from "../../bytes/decode-error.ts";
import { CaptureError } from "../../capture/capture-error.ts";
import { errorOfFile } from "../../capture/read-file.ts";
import { isTarHead } from "../../capture/tar-head.ts";
import { combineProfiles, type ProfileSource, subtractBase } from "../../pprof/combine.ts";
import { overrideMapping } from "../../pprof/override-mapping.ts";
import { pruneUninteresting } from "../../pprof/prune.ts";
import { type ReadOptions, readProfile } from "../../pprof/read-profile.ts";
import type { Profile } from "../../tables/profile.ts";
import type { PprofCommand } from "./flags.ts";

type Warn = (message: string) => void;

/** Bytes of a source and where they came from. */
export interface Fetched {
  bytes: Uint8Array;
  name: string;
  isRemote: boolean;
}

/** Fetches, merges and compares what a command names (google/pprof, internal/driver/fetch.go, fetchProfiles). */
export async function loadProfile(command: PprofCommand, warn: Warn): Promise<Profile> {
  const { sources, program } = await splitProgram(command.sources);
  const own = await fetchAll(sources, "source", command, warn);
  const base = command.base.length === 0 ? [] : await fetchAll(command.base, "base", command, warn);
  const open = ({ bytes, name }: Fetched): ProfileSource => {
    let isFirst = true;
    return () => {
      const { profile, damage } = readSource(bytes, name, command.symbolize);
      if (isFirst) for (const { what } of damage) warn(`${name}: ${what}`);
      isFirst = false;
      return overrideMapping(profile, program, command.buildId);
    };
  };
  let profile = combineProfiles(own.map(open));
  if (base.length > 0) {
    const options = { isDiff: command.isDiffBase, normalize: command.normalize };
    profile = subtractBase(profile, combineProfiles(base.map(open)), options);
  }
  if (!command.allFrames) profile = pruneUninteresting(profile);
  if (command.comment !== "") {
    const { addComment } = await import("../../pprof/add-comment.ts");
    profile = addComment(profile, command.comment);
  }
  if ([...own, ...base].some(({ isRemote }) => isRemote)) {
    const { saveFetched } = await import("./save-fetched.ts");
    saveFetched(profile, process.env, warn);
  }
  return profile;
}

function readSource(bytes: Uint8Array, name: string, options: ReadOptions): ReturnType<typeof readProfile> {
  try {
    return readProfile(bytes, options);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new CaptureError("unreadable", `${name}: ${error.message}`, error.hint.replace(/\.$/, ""), error);
  }
}

/** The program that a first word names, if it is one: profiles of it follow. */
async function splitProgram(
  words: readonly string[],
): Promise<{ sources: readonly string[]; program: string }> {
  const [first, ...rest] = words;
  if (first === undefined || rest.length === 0) return { sources: words, program: "" };
  return isProgram(first) ? { sources: rest, program: first } : { sources: words, program: "" };
}

/** ELF, Mach-O in its byte orders, PE. */
const PROGRAM_MAGIC = ["7f454c46", "feedface", "feedfacf", "cefaedfe", "cffaedfe", "cafebabe", "4d5a"];

function isProgram(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    const head = Buffer.alloc(4);
    const file = openSync(path, "r");
    try {
      readSync(file, head, 0, head.length, 0);
    } finally {
      closeSync(file);
    }
    const hex = head.toString("hex");
    return PROGRAM_MAGIC.some((magic) => hex.startsWith(magic));
  } catch {
    return false;
  }
}

/** As upstream goes on without a source that fails, but not without any. */
async function fetchAll(
  names: readonly string[],
  what: string,
  command: PprofCommand,
  warn: Warn,
): Promise<Fetched[]> {
  const results = await Promise.allSettled(names.map((name) => fetchOne(name, command, warn)));
  const fetched = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const errors = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason as unknown] : [],
  );
  if (fetched.length === 0) throw errors[0];
  for (const error of errors) warn(error instanceof Error ? error.message : String(error));
  if (errors.length > 0) warn(`Fetched ${fetched.length} ${what} profiles out of ${names.length}`);
  return fetched;
}

async function fetchOne(name: string, command: PprofCommand, warn: Warn): Promise<Fetched> {
  const local = readLocal(name);
  if (local === "directory" || (local !== undefined && isArchive(local))) {
    const { readFromBundle } = await import("./bundle-source.ts");
    return readFromBundle(name);
  }
  if (local !== undefined) return { bytes: local, name, isRemote: false };
  const { isBundleName, readFromBundle } = await import("./bundle-source.ts");
  if (isBundleName(name)) return readFromBundle(name);
  const { fetchUrl } = await import("./fetch-url.ts");
  return fetchUrl(name, command, warn);
}

/** Undefined if there is no such file. */
function readLocal(path: string): Uint8Array | "directory" | undefined {
  try {
    const stats = statSync(path);
    return stats.isDirectory() ? "directory" : readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw errorOfFile(path, cause);
  }
}

const TAR_HEAD_BYTES = 4096;

function isArchive(bytes: Uint8Array): boolean {
  return isTarHead(bytes.subarray(0, TAR_HEAD_BYTES));
}
