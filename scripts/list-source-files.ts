import { globSync } from "node:fs";
import { join } from "node:path";

/** Every TypeScript file below a folder, sorted. */
export function listSourceFiles(folder: string): string[] {
  return globSync("**/*.ts", { cwd: folder })
    .map((name) => join(folder, name))
    .sort();
}
