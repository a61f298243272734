import type { CodeSite } from "../analysis/code-site.ts";
import type { HeapGrowth } from "../analysis/heap-growth.ts";
import { findInSource, isCallOf, type SourcePlace } from "../source/external-calls.ts";
import type { ClientLibrary } from "./client-libraries.ts";
import { getLibraryCalls, type LibraryCall } from "./library-calls.ts";
import { findBuiltOn, isInModule, listConstructorNames } from "./library-index.ts";
import { qualifySite } from "./qualified-site.ts";

/** The own line that instances of a library come from. */
export interface ClientOrigin {
  /** `made`: the line calls a constructor. `used`: it calls the library, the constructor was not seen. */
  how: "made" | "used";
  site: CodeSite;
  callers: CodeSite[];
  /** What is made there; undefined for a library that the table does not have. */
  library: ClientLibrary | undefined;
  /** The statement, from the source; "" without. */
  text: string;
  /** Objects allocated within the constructor in the window, by the heap profile; 0 if none was sampled. */
  allocatedObjects: number;
  /** Packages of library code that ran under that line. */
  packages: ReadonlySet<string>;
}

/** A function that makes something, by the names that Go programmers give it. */
const MAKES = /\.(?:New|Open|Dial|Connect|Start|Create|Watch|Listen|Subscribe)\w*$/;

/**
 * Who makes the instances of a library, from the best evidence there is: a constructor in the heap profile that was at
 * work within the window; a constructor call in the source that the running program reaches; any line that calls the
 * library and keeps what it allocates.
 */
export function findClientOrigin(
  library: ClientLibrary | undefined,
  modules: readonly string[],
  heap: HeapGrowth | undefined,
  source: ReadonlyMap<string, string> | undefined,
): ClientOrigin | undefined {
  if (heap === undefined) return undefined;
  const { calls, activeFrames } = getLibraryCalls(heap);
  const wanted = library === undefined ? [] : [...findBuiltOn(library), library];
  const places =
    source === undefined || wanted.length === 0 ? [] : findConstructors(source, wanted, activeFrames);
  const made = calls
    .filter((call) => call.allocatedObjects > 0 || call.keptObjects > 0)
    .filter((call) => isConstructing(call, wanted, modules))
    .sort((a, b) => b.allocatedObjects - a.allocatedObjects || b.keptBytes - a.keptBytes)[0];
  const used = calls
    .filter((call) => call.keptBytes > 0 && [...call.packages].some((path) => isInModule(path, modules)))
    .sort((a, b) => b.keptBytes - a.keptBytes)[0];
  if (made !== undefined) {
    const named = made.constructed.find((entry) => wanted.includes(entry)) ?? library;
    const place = places.find(({ file, line }) => isSameLine(made.site, file, line));
    return { ...describe(made), how: "made", library: named, text: place?.text ?? "" };
  }
  // Instances do become more: a constructor that only main leads to stands in a loop of main's, if it is the only one.
  const once = places.filter((candidate) => candidate.function !== "");
  const place =
    places.find(({ distance }) => distance !== Number.POSITIVE_INFINITY) ??
    (once.length === 1 ? once[0] : undefined);
  if (place !== undefined) {
    const site = qualifySite(
      { function: place.function, file: place.file, line: place.line },
      heap.interner.frames(),
    );
    return {
      how: "made",
      site,
      callers: used === undefined ? [] : [used.site, ...used.callers],
      library: wanted.find((entry) => listConstructorNames(entry).includes(place.name)),
      text: place.text,
      allocatedObjects: 0,
      packages: used?.packages ?? new Set(),
    };
  }
  return used === undefined ? undefined : { ...describe(used), how: "used", library, text: "" };
}

function describe(call: LibraryCall): Omit<ClientOrigin, "how" | "library" | "text"> {
  const { site, callers, allocatedObjects, packages } = call;
  return { site, callers, allocatedObjects, packages };
}

function isConstructing(
  call: LibraryCall,
  wanted: readonly ClientLibrary[],
  modules: readonly string[],
): boolean {
  if (wanted.length > 0) return call.constructed.some((entry) => wanted.includes(entry));
  return MAKES.test(call.callee) && isInModule(call.calleePackage, modules);
}

function findConstructors(
  source: ReadonlyMap<string, string>,
  wanted: readonly ClientLibrary[],
  activeFrames: readonly CodeSite[],
): SourcePlace[] {
  const names = new Set(wanted.flatMap(listConstructorNames));
  if (names.size === 0) return [];
  const modules = wanted.flatMap((library) => library.modules);
  return findInSource(source, modules, isCallOf(names), activeFrames);
}

function isSameLine(site: CodeSite, file: string, line: number): boolean {
  return (
    site.line === line && (site.file === file || site.file.endsWith(`/${file}`) || file.endsWith(site.file))
  );
}
