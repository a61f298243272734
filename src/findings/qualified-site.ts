import type { CodeSite } from "../analysis/code-site.ts";
import { findPackagePath } from "../analysis/frame-origin.ts";

/**
 * A position found in the source, with its function named as the runtime names it. The source knows "(*Store).Put";
 * the package path comes from any frame of a profile that lies in the same file, or failing that the same directory.
 */
export function qualifySite(site: CodeSite, frames: Iterable<CodeSite>): CodeSite {
  const directory = directoryOf(site.file);
  let neighbour: CodeSite | undefined;
  for (const frame of frames) {
    if (frame.file === site.file)
      return { ...site, function: `${findPackagePath(frame.function)}.${site.function}` };
    if (neighbour === undefined && frame.file !== "" && directoryOf(frame.file) === directory)
      neighbour = frame;
  }
  return neighbour === undefined
    ? site
    : { ...site, function: `${findPackagePath(neighbour.function)}.${site.function}` };
}

function directoryOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}
