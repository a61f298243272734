import { DamageLog } from "../../bytes/damage-log.ts";
import type { Damage } from "../../bytes/decode-error.ts";
import { decodeText, findText } from "../../lib/ascii.ts";
import { LineScanner } from "../../lib/text-lines.ts";
import type { LibraryLoad, LibraryLoads } from "../../tables/library-loads.ts";

/** A plugin opened under a new name each time is a new object: of more than these only their number is kept. */
const MAX_LIBRARIES = 10_000;
const MAX_PROCESSES = 64;

const INIT = "calling init: ";
const FINI = "calling fini: ";
/** Printed once, when the program's own code begins to run. */
const START = "transferring control: ";

/** Whether bytes hold lines of glibc's dynamic linker under LD_DEBUG=libs (or files, all). */
export function sniffLdDebugLog(bytes: Uint8Array): boolean {
  const lines = new LineScanner(bytes);
  for (let seen = 0; seen < 400 && lines.next(); seen++) {
    const at = findMark(bytes, lines.start, lines.end);
    if (at !== undefined && findPid(bytes, lines.start, at.offset) !== undefined) return true;
  }
  return false;
}

/** Reads which shared objects each process loaded from the lines of LD_DEBUG=libs, whatever else the log holds. */
export function decodeLdDebugLog(bytes: Uint8Array): { processes: LibraryLoads[]; damage: Damage[] } {
  const damage = new DamageLog("ld-debug-log");
  const byPid = new Map<number, Reading>();
  const lines = new LineScanner(bytes);
  while (lines.next()) {
    const mark = findMark(bytes, lines.start, lines.end);
    if (mark === undefined) continue;
    const pid = findPid(bytes, lines.start, mark.offset);
    if (pid === undefined) continue;
    let reading = byPid.get(pid);
    if (reading === undefined) {
      if (byPid.size >= MAX_PROCESSES) {
        damage.add(lines.start, `more than ${MAX_PROCESSES} processes; further ones were passed over`);
        continue;
      }
      reading = new Reading();
      byPid.set(pid, reading);
    }
    const rest = decodeText(bytes, mark.offset + mark.word.length, lines.end);
    reading.take(mark.word, rest.replace(/ \[\d+\]\s*$/, "").trim());
  }
  const processes = Array.from(byPid, ([pid, reading]) => reading.finish(pid));
  return { processes, damage: damage.finish() };
}

class Reading {
  readonly #byPath = new Map<string, LibraryLoad>();
  #started = false;
  #loadedAfterStart = 0;
  /** The program's own object has an empty name: its fini is the end of everything. */
  #ended = false;

  take(word: string, path: string): void {
    if (word === START) {
      this.#started = true;
      return;
    }
    if (word === FINI) {
      if (path === "") this.#ended = true;
      const library = this.#byPath.get(path);
      if (library !== undefined && !this.#ended) library.finis++;
      return;
    }
    const library = this.#byPath.get(path);
    if (library !== undefined) {
      library.inits++;
      return;
    }
    if (this.#started) this.#loadedAfterStart++;
    if (this.#byPath.size >= MAX_LIBRARIES) return;
    this.#byPath.set(path, { path, inits: 1, finis: 0, afterStart: this.#started });
  }

  finish(pid: number): LibraryLoads {
    return { pid, libraries: [...this.#byPath.values()], loadedAfterStart: this.#loadedAfterStart };
  }
}

function findMark(
  bytes: Uint8Array,
  start: number,
  end: number,
): { word: string; offset: number } | undefined {
  for (const word of [INIT, FINI, START]) {
    const offset = findText(bytes, start, end, word);
    if (offset >= 0) return { word, offset };
  }
  return undefined;
}

/** "       995:\t" before the mark, perhaps behind a log's own prefix. */
function findPid(bytes: Uint8Array, start: number, mark: number): number | undefined {
  const from = Math.max(start, mark - 24);
  const pid = /(\d+):\s+$/.exec(decodeText(bytes, from, mark))?.[1];
  return pid === undefined ? undefined : Number(pid);
}
