/** Go's filepath.Clean on Unix. */
export function cleanPath(path: string): string {
  if (path === "") return ".";
  const isRooted = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!isRooted) parts.push(part);
  }
  const joined = parts.join("/");
  if (isRooted) return `/${joined}`;
  return joined === "" ? "." : joined;
}

/** Go's filepath.Base on Unix. */
export function baseName(path: string): string {
  if (path === "") return ".";
  const trimmed = path.replace(/\/+$/, "");
  return trimmed === "" ? "/" : trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

const BAZEL_PREFIXES = ["/proc/self/cwd/./", "/proc/self/cwd/"];

/**
 * A source file's path without what is elsewhere on this machine (google/pprof, internal/report/source.go, trimPath):
 * the prefixes of `trimPath`, or without any, all up to the name of a directory of `searchPath`. Both are lists with
 * colons.
 */
export function trimSourcePath(path: string, trimPath: string, searchPath: string): string {
  if (trimPath === "") {
    for (const directory of splitList(searchPath)) {
      const wanted = `/${baseName(directory)}/`;
      const found = path.indexOf(wanted);
      if (found >= 0) return path.slice(found + wanted.length);
    }
  }
  for (const prefix of [...splitList(trimPath), ...BAZEL_PREFIXES]) {
    const whole = prefix.endsWith("/") ? prefix : `${prefix}/`;
    if (path.startsWith(whole)) return path.slice(whole.length);
  }
  return path;
}

export function splitList(list: string): string[] {
  return list === "" ? [] : list.split(":");
}
