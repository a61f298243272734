import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { DecodeError } from "../../bytes/decode-error.ts";
import { CaptureError } from "../../capture/capture-error.ts";
import { errorOfFile } from "../../capture/read-file.ts";
import { isTarHead } from "../../capture/tar-head.ts";
import { combineProfiles, subtractSource } from "../../pprof/combine.ts";
import { overrideMapping } from "../../pprof/override-mapping.ts";
import { pruneUninteresting } from "../../pprof/prune.ts";
import { type ReadOptions, readProfile } from "../../pprof/read-profile.ts";
import type { Profile } from "../../tables/profile.ts";
import type { PprofCommand } from "./flags.ts";

type Warn = (message: string) => void;

/** A source and where it comes from. */
export interface Fetched {
  /** Its bytes, which may be asked for again. */
  read: () => Uint8Array;
  name: string;
  isRemote: boolean;
}

export interface OpenedSources {
  own: SourceGroup;
  base: SourceGroup | undefined;
}

/**
 * Fetches what a command names; of a bundle that is named alone all samples for `everySample` (google/pprof, internal/driver/fetch.go,
 * fetchProfiles).
 */
export async function openSources(
  command: PprofCommand,
  warn: Warn,
  { everySample = false } = {},
): Promise<OpenedSources> {
  const { sources, program } = await splitProgram(command.sources);
  const open = async (names: readonly string[], what: string, isEvery = false): Promise<SourceGroup> => {
    const fetched = await fetchAll(names, isEvery, command, warn);
    const wanted = Math.max(names.length, fetched.length);
    return new SourceGroup(fetched, wanted, what, command, program, warn);
  };
  // One bundle alone: of several each is one profile among others.
  const own = await open(sources, "source", everySample && sources.length === 1);
  return { own, base: command.base.length === 0 ? undefined : await open(command.base, "base") };
}

/** Subtracts a base, if there is one, marking its samples for `isDiff`, and prunes, as a command wants it. */
export function joinSources(
  own: () => Profile,
  base: (() => Profile) | undefined,
  { normalize, allFrames }: Pick<PprofCommand, "normalize" | "allFrames">,
  isDiff: boolean,
): Profile {
  const profile = base === undefined ? own() : subtractSource(own, base, { isDiff, normalize });
  return allFrames ? profile : pruneUninteresting(profile);
}

/** Fetches, merges and compares what a command names. */
export async function loadProfile(command: PprofCommand, warn: Warn): Promise<Profile> {
  const { own, base } = await openSources(command, warn);
  let profile = joinSources(() => own.combine(), base && (() => base.combine()), command, command.isDiffBase);
  if (command.comment !== "") {
    const { addComment } = await import("../../pprof/add-comment.ts");
    profile = addComment(profile, command.comment);
  }
  if (own.isRemote || base?.isRemote) {
    const { saveFetched } = await import("./save-fetched.ts");
    saveFetched(profile, process.env, warn);
  }
  return profile;
}

/** Sources that are merged. Of several, one that cannot be read is told once and left out. */
class SourceGroup {
  readonly #fetched: readonly Fetched[];
  readonly #wanted: number;
  readonly #what: string;
  readonly #command: PprofCommand;
  readonly #program: string;
  readonly #warn: Warn;
  readonly #unreadable = new Set<Fetched>();
  #isFirst = true;

  constructor(
    fetched: readonly Fetched[],
    wanted: number,
    what: string,
    command: PprofCommand,
    program: string,
    warn: Warn,
  ) {
    this.#fetched = fetched;
    this.#wanted = wanted;
    this.#what = what;
    this.#command = command;
    this.#program = program;
    this.#warn = warn;
  }

  get isRemote(): boolean {
    return this.#fetched.some(({ isRemote }) => isRemote);
  }

  /** In the order of the command line. */
  get names(): string[] {
    return this.#fetched.map(({ name }) => name);
  }

  /** One of them by itself; undefined if it cannot be read. */
  decode(at: number): Profile | undefined {
    return this.#open(this.#fetched[at]!);
  }

  combine(): Profile {
    const profile = combineProfiles(this.#fetched.map((each) => () => this.#open(each)));
    const read = this.#fetched.length - this.#unreadable.size;
    if (this.#isFirst && read < this.#wanted) {
      this.#warn(`Fetched ${read} ${this.#what} profiles out of ${this.#wanted}`);
    }
    this.#isFirst = false;
    return profile;
  }

  #open(fetched: Fetched): Profile | undefined {
    if (this.#unreadable.has(fetched)) return undefined;
    try {
      const { profile, damage } = readSource(fetched, this.#command.symbolize);
      if (this.#isFirst) for (const { what } of damage) this.#warn(`${fetched.name}: ${what}`);
      return overrideMapping(profile, this.#program, this.#command.buildId);
    } catch (error) {
      this.#unreadable.add(fetched);
      if (!(error instanceof CaptureError) || this.#unreadable.size === this.#fetched.length) throw error;
      this.#warn(`${error.message}: ${error.hint}`);
      return undefined;
    }
  }
}

function readSource({ read, name }: Fetched, options: ReadOptions): ReturnType<typeof readProfile> {
  try {
    return readProfile(read(), options);
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
    const hex = Buffer.from(readHead(path, 4)).toString("hex");
    return PROGRAM_MAGIC.some((magic) => hex.startsWith(magic));
  } catch {
    return false;
  }
}

/** As upstream goes on without a source that fails, but not without any. */
async function fetchAll(
  names: readonly string[],
  isEvery: boolean,
  command: PprofCommand,
  warn: Warn,
): Promise<Fetched[]> {
  const results = await Promise.allSettled(names.map((name) => fetchOne(name, isEvery, command, warn)));
  const fetched = results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
  const errors = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason as unknown] : [],
  );
  if (fetched.length === 0) throw errors[0];
  for (const error of errors) warn(error instanceof Error ? error.message : String(error));
  return fetched;
}

async function fetchOne(
  name: string,
  isEvery: boolean,
  command: PprofCommand,
  warn: Warn,
): Promise<Fetched[]> {
  const local = openLocal(name);
  if (local === "directory" || (local !== undefined && isTarHead(local.head))) {
    const { readFromBundle } = await import("./bundle-source.ts");
    return readFromBundle(name, isEvery);
  }
  if (local !== undefined) return [{ read: local.read, name, isRemote: false }];
  const { isBundleName, readFromBundle } = await import("./bundle-source.ts");
  if (isBundleName(name)) return readFromBundle(name, isEvery);
  const { fetchUrl } = await import("./fetch-url.ts");
  return [await fetchUrl(name, command, warn)];
}

const TAR_HEAD_BYTES = 4096;

interface LocalFile {
  head: Uint8Array;
  read: () => Uint8Array;
}

/** Undefined if there is no such file. A file is read when its turn comes; a pipe, which gives its bytes once, now. */
function openLocal(path: string): LocalFile | "directory" | undefined {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return "directory";
    if (stats.isFile()) return { head: readHead(path, TAR_HEAD_BYTES), read: () => readFileSync(path) };
    const bytes = readFileSync(path);
    return { head: bytes.subarray(0, TAR_HEAD_BYTES), read: () => bytes };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw errorOfFile(path, cause);
  }
}

function readHead(path: string, length: number): Uint8Array {
  const head = Buffer.alloc(length);
  const file = openSync(path, "r");
  try {
    return head.subarray(0, readSync(file, head, 0, head.length, 0));
  } finally {
    closeSync(file);
  }
}
