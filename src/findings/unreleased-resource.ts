import type { CodeSite } from "../analysis/code-site.ts";
import { type Acquisition, findAcquisitions } from "../source/acquired-resources.ts";
import type { ResourceKind } from "../source/resource-rules.ts";
import type { Evidence } from "./evidence.ts";
import { qualifySite } from "./qualified-site.ts";
import { type Statement, statement } from "./statement.ts";

/** The call that most likely acquires what grows. */
export interface UnreleasedResource {
  site: CodeSite;
  evidence: Statement[];
  /** The source shows that something gives it up on no path, or not on all. */
  isPlain: boolean;
}

/** What speaks against a call being the one, the surest suspects first. */
const SUSPICION: Record<Acquisition["fate"], number> = {
  never: 0,
  "some-paths": 1,
  late: 1,
  kept: 2,
  "handed-on": 3,
  released: 4,
};

const acquisitionsOf = new WeakMap<ReadonlyMap<string, string>, Acquisition[]>();

/**
 * The one call in the source that acquires such a resource and does not give it back. Undefined without source, or
 * where several are equally suspicious: the kernel does not tell which call made a descriptor or a mapping.
 */
export function findUnreleased(
  kinds: readonly ResourceKind[],
  { source, heap }: Evidence,
): UnreleasedResource | undefined {
  if (source === undefined) return undefined;
  let acquisitions = acquisitionsOf.get(source);
  if (acquisitions === undefined) {
    acquisitions = findAcquisitions(source);
    acquisitionsOf.set(source, acquisitions);
  }
  const suspects = acquisitions.filter(({ kind, fate }) => kinds.includes(kind) && SUSPICION[fate] <= 2);
  const [first, second] = suspects;
  if (first === undefined) return undefined;
  if (second !== undefined && SUSPICION[second.fate] === SUSPICION[first.fate]) return undefined;
  const site = qualifySite(first.site, heap?.interner.frames() ?? [], source);
  const evidence = [statement("source-acquires", { text: first.text, site })];
  if (first.fate === "never") evidence.push(statement("source-never-releases", { site }));
  if (first.fate === "late") evidence.push(statement("source-releases-late", { site }));
  if (first.fate === "some-paths") {
    const at = { ...site, line: first.returnLine };
    evidence.push(statement("source-leaves-before-release", { site: at }));
  }
  return { site, evidence, isPlain: first.fate !== "kept" };
}
