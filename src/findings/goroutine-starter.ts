import type { CodeSite } from "../analysis/code-site.ts";
import type { GoroutineGroup } from "../analysis/goroutine-growth.ts";

/**
 * The program's own line behind goroutines whose stacks show library code only. Either the `go` statement is the
 * program's; or it stands in a library function that another goroutine is inside of now, called by the program: an
 * accept loop such as `http.(*Server).Serve` starts a goroutine for each connection and never returns itself.
 */
export function findStarter(group: GoroutineGroup, groups: readonly GoroutineGroup[]): CodeSite | undefined {
  const { createdBy, creatorOrigin } = group;
  if (createdBy === undefined) return undefined;
  if (creatorOrigin === "own") return createdBy;
  for (const other of groups) {
    const at = other.stack.findIndex((frame) => frame.function === createdBy.function);
    if (at < 0 || (other.origin !== "own" && other.callers.length === 0)) continue;
    const own = new Set([other.site, ...other.callers].map((frame) => frame.function));
    const caller = other.stack.slice(at + 1).find((frame) => own.has(frame.function));
    if (caller !== undefined) return caller;
  }
  return undefined;
}
