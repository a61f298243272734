import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeProfile } from "../../formats/pprof/encode.ts";
import { baseName } from "../../pprof/clean-path.ts";
import type { Profile } from "../../tables/profile.ts";
import type { StringIndex } from "../../tables/string-table.ts";

const MOST_FILES = 10_000;

/** Keeps what came over the network, as upstream does: in PPROF_TMPDIR, or the folder pprof of the user's home. */
export function saveFetched(profile: Profile, env: NodeJS.ProcessEnv, warn: (message: string) => void): void {
  const folders = [env["PPROF_TMPDIR"], env["HOME"] && join(env["HOME"], "pprof"), tmpdir()];
  for (const folder of folders) {
    if (folder === undefined || folder === "") continue;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
    } catch (error) {
      warn(`Could not use temp dir ${folder}: ${(error as Error).message}`);
      continue;
    }
    try {
      warn(`Saved profile in ${writeNew(folder, namePrefix(profile), gzipSync(encodeProfile(profile)))}`);
    } catch (error) {
      warn(`Could not save profile: ${(error as Error).message}`);
    }
    return;
  }
}

function namePrefix({ mappings, strings, sampleTypes }: Profile): string {
  const file = mappings.length === 0 ? "" : strings.get(mappings.filename[0]! as StringIndex);
  const types = sampleTypes.map(({ type }) => `${strings.get(type)}.`).join("");
  return `pprof.${file === "" ? "" : `${baseName(file)}.`}${types}`.replace(/[^\w.@+-]/g, "_");
}

function writeNew(folder: string, prefix: string, bytes: Uint8Array): string {
  for (let number = 1; number < MOST_FILES; number++) {
    const path = join(folder, `${prefix}${String(number).padStart(3, "0")}.pb.gz`);
    try {
      writeFileSync(path, bytes, { flag: "wx", mode: 0o600 });
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  throw new Error(`could not create file of the form ${prefix}NNN.pb.gz`);
}
