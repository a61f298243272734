import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { ArraySource } from "../../src/bytes/byte-source.ts";
import { decodeElf } from "../../src/formats/elf/elf-file.ts";
import { type HeapSnapshot, readHeap } from "../../src/heap/heap-snapshot.ts";
import { openCore, type ProcessImage } from "../../src/heap/memory/process-image.ts";
import { requiredTool } from "./required-tool.ts";

/** What test/fixtures/heap/known prints of its own contents. */
export interface KnownContents {
  version: string;
  goroutines: number;
  /** Entries of each map, by the expression that leads to it below package main. */
  maps: Record<string, number>;
  finalizers: number;
  cleanups: number;
  weakPointers: number;
  /** Elements in each channel. */
  channels: Record<string, number>;
  profiled: number;
  heapObjects: number;
  heapAlloc: number;
}

const fixtures = resolve(dirname(fileURLToPath(import.meta.url)), "../fixtures/heap");

/** Versions of the recorded cores, "-stripped" behind those without debug information. */
export const RECORDED_CORES = [
  "go1.19.13",
  "go1.21.13-stripped",
  "go1.22.12-stripped",
  "go1.26.8",
  "go1.26.8-arm64",
  "go1.27.2-stripped",
] as const;

export function recordedCore(name: string): { core: Uint8Array; exe: Uint8Array; expected: KnownContents } {
  const read = (ending: string) => readFileSync(join(fixtures, "cores", `${name}.${ending}`));
  return {
    core: gunzipSync(read("core.gz")),
    exe: gunzipSync(read("exe.gz")),
    expected: JSON.parse(read("json").toString()) as KnownContents,
  };
}

export function readRecordedHeap(name: string): Promise<HeapSnapshot> {
  return readHeap(openRecordedCore(name));
}

export function openRecordedCore(name: string): ProcessImage {
  const { core, exe } = recordedCore(name);
  return openCore(decodeElf(new ArraySource(core)), decodeElf(new ArraySource(exe)));
}

export interface DumpedCore {
  core: string;
  exe: string;
  expected: KnownContents;
  /** What the runtime printed when it was killed: where every goroutine stood. */
  traceback: string;
}

export interface DumpOptions {
  /** Of the toolchain; that on PATH if left out. */
  version?: string | undefined;
  isStripped: boolean;
  arguments?: readonly string[];
  buildFlags?: readonly string[];
  /** Folder of the program below test/fixtures/heap. */
  program?: string | undefined;
  /** "arm64" runs under qemu-aarch64 (Debian's qemu-user) on other machines. */
  arch?: HeapArch | undefined;
}

type HeapArch = "amd64" | "arm64";

const HOST_ARCH = process.arch === "x64" ? "amd64" : process.arch;
/** The kernel's name of a core, and QEMU's of its guest's. QEMU may leave a core of itself beside it. */
const NATIVE_CORE = /^core(\.\d+)?$/;
/** Where Debian's libc6-arm64-cross puts the loader that position-independent programs ask for. */
const GUEST_LOADER = "/usr/aarch64-linux-gnu";
const GUEST_CORE = /^qemu_known_.*\.core$/;

/** Debian's golang-1.19-go, 1.19.8: with the toolchain module of 1.19 net/http does not build. */
const DEBIAN_GO_1_19 = "/usr/lib/go-1.19/bin/go";

/** Builds the program; where its executable is. */
export function buildKnown(folder: string, options: DumpOptions): string {
  const exe = join(folder, "known");
  execFileSync(
    options.version?.startsWith("go1.19.") && existsSync(DEBIAN_GO_1_19) ? DEBIAN_GO_1_19 : "go",
    [
      "build",
      ...(options.isStripped ? ["-ldflags=-s -w"] : []),
      ...(options.buildFlags ?? []),
      "-o",
      exe,
      ".",
    ],
    {
      cwd: join(fixtures, options.program ?? "known"),
      env: {
        ...process.env,
        GOFLAGS: "-buildvcs=false",
        CGO_ENABLED: "0",
        ...(options.arch === undefined ? {} : { GOARCH: options.arch }),
        ...(options.version === undefined ? {} : { GOTOOLCHAIN: options.version }),
      },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  return exe;
}

/**
 * Builds the program, lets it fill its heap, and takes a core by SIGABRT; undefined if the kernel writes none there. Of
 * another architecture than the machine's it is QEMU that runs the program and writes the core.
 */
export async function dumpKnownCore(folder: string, options: DumpOptions): Promise<DumpedCore | undefined> {
  const exe = buildKnown(folder, options);
  const isGuest = options.arch !== undefined && options.arch !== HOST_ARCH;
  const emulator = isGuest ? [requiredTool("qemu-aarch64").path, "-L", GUEST_LOADER] : [];
  // A shell, since Node cannot raise the limit on cores of its children.
  const child = spawn(
    "/bin/sh",
    ["-c", 'ulimit -c unlimited; exec "$@"', "sh", ...emulator, exe, ...(options.arguments ?? [])],
    {
      cwd: folder,
      // A core holds the environment of its process.
      env: { GOTRACEBACK: "crash" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let traceback = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    traceback += chunk;
  });
  const exited = once(child, "close");
  let text = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) {
    text += chunk as string;
    if (text.endsWith("}\n")) break;
  }
  child.kill("SIGABRT");
  await exited;
  const form = isGuest ? GUEST_CORE : NATIVE_CORE;
  const name = (await readdir(folder)).find((file) => form.test(file));
  if (name === undefined || !existsSync(join(folder, name))) return undefined;
  return { core: join(folder, name), exe, expected: JSON.parse(text) as KnownContents, traceback };
}
