import type { CodeSite } from "./code-site.ts";
import { findPackagePath } from "./frame-origin.ts";

/**
 * The module that a library's frame belongs to. Files in the module cache and of -trimpath builds say it
 * ("…/github.com/!i!b!m/sarama@v1.43.0/client.go": capitals are escaped in the cache, golang.org/ref/mod#module-cache);
 * a vendored file does not, and then hosts of repositories tell by their depth.
 */
export function findModulePath(frame: CodeSite): string {
  const path = findPackagePath(frame.function);
  const version = /@v\d[^/]*/.exec(frame.file);
  if (version !== null) {
    const before = frame.file.slice(0, version.index).replace(/!([a-z])/g, (_, c: string) => c.toUpperCase());
    const elements = path.split("/");
    for (let n = elements.length; n > 0; n--) {
      const prefix = elements.slice(0, n).join("/");
      if (before === prefix || before.endsWith(`/${prefix}`)) return prefix;
    }
  }
  const elements = path.split("/");
  const depth = /^(github|gitlab|bitbucket)\./.test(path)
    ? 3
    : elements[0]!.includes(".")
      ? 2
      : elements.length;
  const major = /^v\d+$/.test(elements[depth] ?? "") ? 1 : 0;
  return elements.slice(0, depth + major).join("/");
}
