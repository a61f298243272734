import type { CodeSite } from "../analysis/code-site.ts";
import { findPackagePath } from "../analysis/frame-origin.ts";
import { findImportPath } from "../source/import-path.ts";

/**
 * A position found in the source, with its function named as the runtime names it. The source knows "(*Store).Put";
 * the package path comes from any frame of a profile that lies in the same file, or failing that the same directory,
 * and else from the module that the file belongs to.
 */
export function qualifySite(
  site: CodeSite,
  frames: Iterable<CodeSite>,
  source?: ReadonlyMap<string, string>,
): CodeSite {
  const directory = directoryOf(site.file);
  const within = (path: string): CodeSite => ({ ...site, function: `${path}.${site.function}` });
  let neighbour: CodeSite | undefined;
  for (const frame of frames) {
    // A closure of a function that was inlined is named after the function it was inlined into.
    if (/\.func\d/.test(frame.function)) continue;
    if (frame.file === site.file) return within(findPackagePath(frame.function));
    if (neighbour === undefined && frame.file !== "" && directoryOf(frame.file) === directory)
      neighbour = frame;
  }
  if (neighbour !== undefined) return within(findPackagePath(neighbour.function));
  const path = source === undefined ? undefined : findImportPath(source, site.file);
  return path === undefined ? site : within(path);
}

function directoryOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}
