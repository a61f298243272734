/** How memcheck classes a block that was never freed: no pointer to it, only from lost blocks, only into its middle. */
export type NativeLeakKind = "definitely" | "indirectly" | "possibly" | "reachable";

/** One frame of C (or of Go, seen by valgrind); fields that valgrind did not know are empty, the line 0. */
export interface NativeFrame {
  function: string;
  file: string;
  line: number;
  /** Shared object or executable, printed instead of a file. */
  object: string;
}

/** Blocks that memcheck found unfreed, allocated with the same stack. */
export interface NativeLeak {
  kind: NativeLeakKind;
  /** With what is lost along with them. */
  bytes: number;
  directBytes: number;
  blocks: number;
  /** Innermost first: the allocation function, then its callers. */
  stack: NativeFrame[];
}

/** What one valgrind run says of unfreed C memory. */
export interface NativeLeakReport {
  pid: number;
  command: string;
  /** From the summary; undefined where the log ends before it. */
  totals: Record<NativeLeakKind, { bytes: number; blocks: number }> | undefined;
  /** Empty unless run with --leak-check=full; most bytes first. */
  leaks: NativeLeak[];
}
