import { readFile } from "node:fs/promises";

/** gopatrol's own version. The file is two folders up in a checkout (src/cli) as in the package (dist/cli). */
export async function readVersion(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
