import { open } from "node:fs/promises";
import { SecretError } from "./secret-error.ts";

const MAX_BYTES = 64 * 1024;
const WRITABLE_BY_ALL = 0o002;
const READABLE_BY_ALL = 0o004;

/**
 * The text of a secret's file without its last line break. Refused if everybody may write it, since then anybody could
 * choose it. One that everybody may read is told to `warn`: Kubernetes mounts secrets so.
 * Throws SecretError.
 */
export async function readSecretFile(path: string, warn: (message: string) => void): Promise<string> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const hint = code === "ENOENT" ? "check the path" : "the patrol's user must be able to read it";
    throw new SecretError("unreadable-file", `the file ${path} cannot be read (${code})`, hint);
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) {
      throw new SecretError("unreadable-file", `${path} is not a file`, "name a file that holds the secret");
    }
    if ((stats.mode & WRITABLE_BY_ALL) !== 0) {
      throw new SecretError("unsafe-file", `everybody may write ${path}`, `chmod 600 ${path}`);
    }
    if (stats.size > MAX_BYTES) {
      throw new SecretError("unsafe-file", `${path} has ${stats.size} bytes`, "a secret has at most 64 KiB");
    }
    if ((stats.mode & READABLE_BY_ALL) !== 0) warn(`everybody may read the secret in ${path}`);
    const text = (await file.readFile("utf8")).replace(/\r?\n$/, "");
    if (text === "") throw new SecretError("empty", `the file ${path} is empty`, "write the secret into it");
    return text;
  } finally {
    await file.close();
  }
}
