import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Bundle } from "../bundle/manifest.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { CaptureError } from "../capture/capture-error.ts";
import { describeHeapContents } from "../heap/contents/heap-contents.ts";
import type { DecodedBundle } from "../inspect/decode-bundle.ts";
import type { HeapContents } from "../tables/heap-contents.ts";
import { UsageError } from "./exit-code.ts";
import { openHeap } from "./open-heap.ts";
import type { ProgressLine } from "./progress-line.ts";

/** How `gopatrol inspect` is asked to look at the memory itself. */
export interface HeapLookFlags {
  deep?: boolean;
  core?: string;
  exe?: string;
  /** Milliseconds. */
  maxPause: number;
  pid?: number;
}

/** What a look at the heap found, or why there was none. */
export type HeapLook = { contents: HeapContents } | { damage: DecodedBundle["damage"][number] };

/**
 * Refuses what does not go together before a window of minutes, not after it.
 *
 * @param isLive the target is a service or a process, not files
 * @throws UsageError
 */
export function checkHeapLook({ deep, core, exe }: HeapLookFlags, isLive: boolean): void {
  if (deep === true && core !== undefined)
    throw new UsageError("--deep looks at the running process, --core at a file: give one of them.");
  if (deep === true && !isLive) {
    throw new UsageError(
      "--deep looks into a running process of this machine; beside a bundle or files give its core with --core.",
    );
  }
  if (exe !== undefined && core === undefined && deep !== true)
    throw new UsageError("--exe goes with --core or --deep: it is the executable that ran.");
}

/**
 * Opens the core, or the process behind the target, and says in figures and names what is in its heap. What cannot be
 * read is told, and the rest of the report stays.
 */
export async function lookAtHeap(
  flags: HeapLookFlags,
  bundle: Bundle,
  progress: ProgressLine,
): Promise<HeapLook | undefined> {
  const { deep, core, exe, maxPause } = flags;
  if (core === undefined && deep !== true) return undefined;
  const pid = flags.pid ?? findPid(bundle);
  const input = core ?? (pid === undefined ? "--deep" : `pid:${pid}`);
  try {
    if (core === undefined && pid === undefined) {
      throw new CaptureError(
        "no-such-process",
        "no process of this machine was found behind the target, so its memory was not looked at",
        "give its pid with --pid, or take a core where it runs and give that with --core",
      );
    }
    const { heap, source, pauseMs } = await openHeap(input, { exe, maxPause }, progress);
    progress.show(`reading ${input}: answers`);
    return { contents: describeHeapContents(heap, { source, pauseMs }) };
  } catch (error) {
    // A core that is all there is, and cannot be read, leaves nothing to report.
    if (bundle.files.size === 0) throw error;
    if (!(error instanceof CaptureError || error instanceof DecodeError)) throw error;
    return {
      damage: {
        format: error instanceof DecodeError ? error.format : "go-runtime",
        offset: error instanceof DecodeError ? error.offset : 0,
        path: input,
        what: `${error.message}; ${error.hint}`,
      },
    };
  }
}

/** Says before the window, not after it, that the memory will not be read; whoever started it may stop it and mend that. */
export async function warnIfUnreadable(pid: number, progress: ProgressLine): Promise<void> {
  const { checkProcess } = await import("../capture/live-memory/copy-process.ts");
  try {
    checkProcess(pid);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    progress.sayForeign(`${error.message}: ${error.hint}`);
  }
}

/** The process that was found behind the target while it was watched. */
function findPid({ manifest }: Bundle): number | undefined {
  for (const { kind, origin } of manifest.captures) {
    const pid = kind === "proc-status" ? /^\/proc\/(\d+)\//.exec(origin)?.[1] : undefined;
    if (pid !== undefined) return Number(pid);
  }
  return undefined;
}

/** The bundle of an inspection that has a core alone: it holds nothing, and is of the time at which the core was written. */
export async function bundleOfCore(core: string, version: string): Promise<Bundle> {
  const written = await stat(core).catch(() => undefined);
  return {
    files: new Map(),
    manifest: {
      format: "gopatrol-bundle",
      version: 1,
      gopatrol: version,
      target: { kind: "files", name: basename(core) },
      begun: { wallMs: Math.max(0, Math.floor(written?.mtimeMs ?? 0)) },
      windowMs: 0,
      everyMs: 0,
      samples: 0,
      interrupted: false,
      limitBytes: null,
      load: null,
      captures: [],
      failures: [],
    },
  };
}
