import type { CodeSite } from "../analysis/code-site.ts";
import { findPackagePath } from "../analysis/frame-origin.ts";
import { findImportPath } from "../source/import-path.ts";

/**
 * A position found in the source, with its function named as the runtime names it. The source knows "(*Store).Put"; the
 * package path comes from any frame of a profile that lies in the same file, or failing that the same directory; else
 * from the module that the file belongs to, or from a frame whose package and directory end alike: what is before says
 * where packages of that root lie.
 */
export function qualifySite(
  site: CodeSite,
  frames: Iterable<CodeSite>,
  source?: ReadonlyMap<string, string>,
): CodeSite {
  const directory = directoryOf(site.file);
  const within = (path: string): CodeSite => ({ ...site, function: `${path}.${site.function}` });
  let neighbour: string | undefined;
  let relative: string | undefined;
  for (const frame of frames) {
    // A closure of a function that was inlined is named after the function it was inlined into.
    if (frame.file === "" || /\.func\d/.test(frame.function)) continue;
    if (frame.file === site.file) return within(findPackagePath(frame.function));
    const other = directoryOf(frame.file);
    if (other === directory) neighbour ??= findPackagePath(frame.function);
    else if (neighbour === undefined && relative === undefined) {
      relative = deducePackage(directory, other, findPackagePath(frame.function));
    }
  }
  const path =
    neighbour ?? (source === undefined ? undefined : findImportPath(source, site.file)) ?? relative;
  return path === undefined ? site : within(path);
}

/** The package in `directory`, if `knownPackage` lies in `knownDirectory` and both are below one root. */
function deducePackage(directory: string, knownDirectory: string, knownPackage: string): string | undefined {
  const folders = knownDirectory.split("/");
  const names = knownPackage.split("/");
  let same = 0;
  while (
    same < Math.min(folders.length, names.length) &&
    folders[folders.length - 1 - same] === names[names.length - 1 - same]
  ) {
    same++;
  }
  if (same === 0) return undefined;
  const root = folders.slice(0, folders.length - same).join("/");
  const prefix = names.slice(0, names.length - same);
  if (root !== "" && !directory.startsWith(`${root}/`)) return undefined;
  const rest = root === "" ? directory : directory.slice(root.length + 1);
  // Below another folder of a shared root, such as GOROOT or the module cache, lies another module.
  const isSameModule = rest.split("/")[0] === folders[folders.length - same];
  return isSameModule ? [...prefix, rest].join("/") : undefined;
}

/** Without its last slash. */
function directoryOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf("/")));
}
