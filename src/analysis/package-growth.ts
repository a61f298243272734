import { type FrameOrigin, findPackagePath } from "./frame-origin.ts";
import type { HeapGrowth } from "./heap-growth.ts";
import { type NodeIndex, ROOT } from "./stack-interner.ts";

/** Memory of one package or module between the first and the last snapshot. */
export interface PackageGrowth {
  /** "example.com/shop/cart", or of a module "golang.org/x/net@v0.30.0"; "standard library" for all of it. */
  name: string;
  origin: FrameOrigin;
  /** In use where its own code is the innermost that is not the runtime's. */
  beforeBytes: number;
  afterBytes: number;
  /** Growth of what is in use on all stacks that its code is on, called by it included. */
  cumulativeGrowthBytes: number;
  /** Allocated in between by its code, also if freed since. */
  allocatedBytes: number;
}

export const STANDARD_LIBRARY = "standard library";
const RUNTIME = "runtime";

/** By package, largest growth first. Linear in the depth of all stacks that have memory. */
export function computePackageGrowth(growth: HeapGrowth): PackageGrowth[] {
  return rollUp(growth, (frame) => findPackagePath(frame.function));
}

/**
 * By module: of a library the path before "@" of its file in the module cache, with its version. Own code is the main
 * module, which goes by what its packages' paths begin with where its name is not known.
 */
export function computeModuleGrowth(growth: HeapGrowth, mainModule: string | undefined): PackageGrowth[] {
  const own = mainModule ?? findCommonPath(growth) ?? "main";
  return rollUp(growth, (frame, origin) => (origin === "own" ? own : findModule(frame, origin)));
}

function rollUp(
  growth: HeapGrowth,
  nameOf: (frame: { function: string; file: string }, origin: FrameOrigin) => string,
): PackageGrowth[] {
  const { interner, originOfFrame, columns } = growth;
  const [first, last] = [columns[0], columns.at(-1)];
  if (first === undefined || last === undefined) return [];
  const all = new Map<string, PackageGrowth>();
  const ofFrame = interner.frames().map((frame, index): PackageGrowth => {
    const origin = originOfFrame[index]!;
    const name = nameOf(frame, origin);
    let entry = all.get(name);
    if (entry === undefined) {
      entry = { name, origin, beforeBytes: 0, afterBytes: 0, cumulativeGrowthBytes: 0, allocatedBytes: 0 };
      all.set(name, entry);
    }
    return entry;
  });
  const onStack = new Set<PackageGrowth>();
  for (let n = 1; n < interner.nodeCount; n++) {
    const [before, after] = [first.inuseBytes[n]!, last.inuseBytes[n]!];
    const allocated = Math.max(0, last.allocBytes[n]! - first.allocBytes[n]!);
    if (before === 0 && after === 0 && allocated === 0) continue;
    const leaf = ofFrame[interner.frameIndexOf(n as NodeIndex)]!;
    leaf.beforeBytes += before;
    leaf.afterBytes += after;
    leaf.allocatedBytes += allocated;
    onStack.clear();
    for (let at = n as NodeIndex; at !== ROOT; at = interner.parentOf(at)) {
      onStack.add(ofFrame[interner.frameIndexOf(at)]!);
    }
    for (const entry of onStack) entry.cumulativeGrowthBytes += after - before;
  }
  const moved = [...all.values()].filter(
    (p) => p.beforeBytes !== 0 || p.afterBytes !== 0 || p.cumulativeGrowthBytes !== 0,
  );
  return moved.sort(
    (a, b) =>
      b.afterBytes - b.beforeBytes - (a.afterBytes - a.beforeBytes) ||
      b.cumulativeGrowthBytes - a.cumulativeGrowthBytes,
  );
}

/** Hosts whose repositories are two elements below them. */
const TWO_LEVEL_HOSTS = /^(github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|golang\.org)\//;

/** The path elements that all own packages but main begin with. */
function findCommonPath({ interner, originOfFrame }: HeapGrowth): string | undefined {
  let common: string[] | undefined;
  for (const [index, frame] of interner.frames().entries()) {
    if (originOfFrame[index] !== "own") continue;
    const path = findPackagePath(frame.function);
    if (path === "main") continue;
    const elements = path.split("/");
    const known = common ?? elements;
    const end = known.findIndex((element, i) => element !== elements[i]);
    common = end < 0 ? known : known.slice(0, end);
  }
  return common === undefined || common.length === 0 ? undefined : common.join("/");
}

function findModule(frame: { function: string; file: string }, origin: FrameOrigin): string {
  if (origin === "runtime") return RUNTIME;
  if (origin === "standard-library") return STANDARD_LIBRARY;
  const path = findPackagePath(frame.function);
  const version = /@(v\d[^/]*)\//.exec(frame.file);
  if (version !== null && origin === "third-party") {
    // The file's path ends in the package's path with "@version" after the module's part of it.
    const before = frame.file.slice(0, version.index);
    const inside = frame.file.slice(version.index + version[0].length);
    const depth = inside.split("/").length - 1;
    const elements = path.split("/");
    const module = elements.slice(0, Math.max(1, elements.length - depth)).join("/");
    const isWhole = before.toLowerCase().replaceAll("!", "").endsWith(module.toLowerCase());
    return isWhole ? `${module}@${version[1]}` : path;
  }
  const elements = path.split("/");
  return elements.slice(0, TWO_LEVEL_HOSTS.test(path) ? 3 : 2).join("/");
}
