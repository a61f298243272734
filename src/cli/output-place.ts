import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { CaptureError } from "../capture/capture-error.ts";
import { UsageError } from "./exit-code.ts";

/**
 * Whether a report and a bundle can be written where the flags say: asked first, because what comes before the writing
 * may take minutes. Throws UsageError.
 */
export async function checkOutputPlaces(places: {
  report?: string | undefined;
  bundle?: string | undefined;
}): Promise<void> {
  if (places.report !== undefined) await checkReportPlace(places.report);
  if (places.bundle === undefined) return;
  // Whoever writes no bundle does not load what makes one.
  const { checkBundlePlace } = await import("../capture/bundle-file.ts");
  try {
    await checkBundlePlace(places.bundle);
  } catch (error) {
    if (error instanceof CaptureError) throw new UsageError(`${error.message}: ${error.hint}.`);
    throw error;
  }
}

async function checkReportPlace(path: string): Promise<void> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory() === true) {
    throw new UsageError(`--out: ${path} is a directory: name a file in it.`);
  }
  try {
    await access(stats === undefined ? dirname(resolve(path)) : path, constants.W_OK);
    if (stats === undefined && !(await stat(dirname(resolve(path)))).isDirectory()) throw notDirectory();
  } catch (error) {
    throw new UsageError(
      `--out: ${path} cannot be written (${(error as NodeJS.ErrnoException).code}): check the path and its permissions.`,
    );
  }
}

function notDirectory(): NodeJS.ErrnoException {
  return Object.assign(new Error("not a directory"), { code: "ENOTDIR" });
}
