/** A line of /proc/PID/maps. */
export interface MemoryMapping {
  start: number;
  end: number;
  readable: boolean;
  writable: boolean;
  executable: boolean;
  shared: boolean;
  /** Of `start` in the file, bytes. */
  fileOffset: number;
  /** "" or a name in brackets for memory that is of no file. */
  path: string;
}

const LINE = /^([0-9a-f]+)-([0-9a-f]+) ([r-])([w-])([x-])([ps]) ([0-9a-f]+) \S+ \d+ *(.*)$/;

/** Reads /proc/PID/maps (proc_pid_maps(5)); lines of another form are passed over. */
export function decodeMemoryMap(text: string): MemoryMapping[] {
  return text.split("\n").flatMap((line) => {
    const [, start, end, readable, writable, executable, share, offset, path] = LINE.exec(line) ?? [];
    if (start === undefined) return [];
    return {
      start: Number.parseInt(start, 16),
      end: Number.parseInt(end!, 16),
      readable: readable === "r",
      writable: writable === "w",
      executable: executable === "x",
      shared: share === "s",
      fileOffset: Number.parseInt(offset!, 16),
      path: path!,
    };
  });
}

/** The kernel's own pages, which no pointer of a Go program leads to and some of which cannot be read. */
const OF_KERNEL = /^\[(vvar|vdso|vsyscall|vvar_vclock|uprobes)\]$/;

/**
 * Whether a mapping holds what only this process knows: its own memory and its own version of a file's pages. Those
 * that are only read now count too: a position-independent executable has its type descriptors there, with addresses
 * put in at the start. Shared mappings (a data base's file, another process's memory) are not the heap's.
 */
export function isOwnMemory(mapping: MemoryMapping): boolean {
  return (
    mapping.readable &&
    !mapping.shared &&
    mapping.end < 2 ** 47 &&
    !OF_KERNEL.test(mapping.path) &&
    !mapping.path.startsWith("/dev/")
  );
}

/** Whether pages that were never written to are zero, and not those of a file. */
export function isAnonymous({ path }: MemoryMapping): boolean {
  return path === "" || path.startsWith("[");
}
