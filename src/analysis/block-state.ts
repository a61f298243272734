/** Why a goroutine does not run, in few words; several of Go's wait reasons share one. */
export type BlockState =
  | "send"
  | "receive"
  | "select"
  | "lock"
  | "waitgroup"
  | "cond"
  | "io"
  | "sleep"
  | "syscall"
  | "running"
  | "other";

const BY_WAIT_REASON: readonly [RegExp, BlockState][] = [
  [/^chan send/, "send"],
  [/^chan receive/, "receive"],
  [/^select/, "select"],
  [/^sync\.(Mutex|RWMutex)\./, "lock"],
  [/^sync\.WaitGroup/, "waitgroup"],
  [/^sync\.Cond/, "cond"],
  [/^IO wait/, "io"],
  [/^sleep/, "sleep"],
  [/^syscall/, "syscall"],
  [/^(running|runnable|preempted|copystack)/, "running"],
];

/** Frames that park a goroutine, innermost first; the first hit along the stack decides. */
const BY_FRAME: readonly [RegExp, BlockState][] = [
  [/^(internal\/)?sync\.\(\*(Mutex|RWMutex)\)\./, "lock"],
  [/^sync\.runtime_Semacquire(RW)?Mutex|^internal\/sync\.runtime_SemacquireMutex/, "lock"],
  [/^sync\.\(\*WaitGroup\)\.Wait/, "waitgroup"],
  [/^sync\.\(\*Cond\)\.Wait/, "cond"],
  [/^internal\/poll\.|^runtime\.netpollblock/, "io"],
  [/^runtime\.chansend/, "send"],
  [/^runtime\.chanrecv/, "receive"],
  [/^runtime\.(selectgo|block)$/, "select"],
  [/^time\.Sleep/, "sleep"],
  [/^syscall\./, "syscall"],
];

/**
 * The state of a goroutine from Go's wait reason (dumps) or, where there is none (profiles) or it does not tell a
 * mutex from a WaitGroup ("semacquire"), from the frames nearest the leaf.
 */
export function findBlockState(waitReason: string | undefined, leafFrames: readonly string[]): BlockState {
  if (waitReason !== undefined && !waitReason.startsWith("semacquire")) {
    return BY_WAIT_REASON.find(([pattern]) => pattern.test(waitReason))?.[1] ?? "other";
  }
  // A mutex is locked above runtime.gopark and below the user's line; six frames reach it in every Go version.
  for (const name of leafFrames.slice(0, 8)) {
    const hit = BY_FRAME.find(([pattern]) => pattern.test(name));
    if (hit !== undefined) return hit[1];
  }
  return waitReason === undefined && !leafFrames.some((name) => name === "runtime.gopark")
    ? "running"
    : "other";
}
