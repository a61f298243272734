import { access, constants } from "node:fs/promises";
import type { StoreConfig } from "../patrol/config/patrol-config.ts";

/** Why nothing can be learned from a patrol's folder, with what to do next; null if it can be read. */
export async function findFolderProblem({
  engine,
  dir,
}: Pick<StoreConfig, "engine" | "dir">): Promise<string | null> {
  if (engine === "memory") return null;
  try {
    await access(dir, constants.R_OK | constants.X_OK);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM")
      return `${dir} may not be read by this user (${code}). Ask as the user who runs the patrol.`;
    // A store elsewhere needs no folder here.
    return code === "ENOENT" && engine === "sqlite"
      ? `no patrol has worked in ${dir} yet. Start one with gopatrol patrol -c FILE, or run it with --once.`
      : null;
  }
}
