import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { LoadOptions } from "../patrol/config/load-config.ts";

/** A configuration file with what loading it needs to know, and a mark that changes whenever the file does. */
export interface ConfigText {
  path: string;
  text: string;
  options: LoadOptions;
  mark: string;
}

/** Rejects with the system's error. */
export async function readConfigText(path: string): Promise<ConfigText> {
  const [text, mark, { mode }] = await Promise.all([readFile(path, "utf8"), readMark(path), stat(path)]);
  return { path, text, options: { baseDir: dirname(resolve(path)), fileMode: mode }, mark };
}

/**
 * Time, size and inode, through links: Kubernetes exchanges a link, editors exchange the file. "" if it is not there at
 * the moment, which is what both look like in between.
 */
export async function readMark(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return "";
  }
}
