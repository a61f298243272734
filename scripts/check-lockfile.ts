/**
 * Fails if the lock file names a registry, or lacks an entry for a platform package that it lists as optional: then
 * `npm ci` fails on a machine of that platform while `npm install` here works.
 */
import { readFileSync } from "node:fs";

interface LockedPackage {
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8")) as {
  packages: Record<string, LockedPackage>;
};
const problems: string[] = [];
const names = new Set(Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, "")));
for (const [path, entry] of Object.entries(lock.packages)) {
  if (entry.resolved !== undefined)
    problems.push(`${path}: has "resolved"; is omit-lockfile-registry-resolved set in .npmrc?`);
  for (const optional of Object.keys(entry.optionalDependencies ?? {})) {
    if (!names.has(optional))
      problems.push(`${path}: optional dependency ${optional} has no entry; pin an older version`);
  }
}
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
