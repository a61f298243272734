/**
 * `argument`: Go memory that holds Go pointers was passed to C. `result`: an exported Go function gave C a Go pointer.
 * `store`: a Go pointer was written where C can keep it (GOEXPERIMENT=cgocheck2, GODEBUG=cgocheck=2 up to Go 1.20).
 */
export type CgoViolationKind = "argument" | "result" | "store";

/** Where a log says that the runtime stopped the program for a pointer passed against the rules of cgo. */
export interface CgoViolation {
  kind: CgoViolationKind;
  /** The runtime's words. */
  message: string;
  /** Of the message in the input; the stack of the goroutine follows it. */
  offset: number;
}
