import { createHash } from "node:crypto";
import type { Damage } from "../bytes/decode-error.ts";
import type { Bundle } from "./manifest.ts";

/** Lower-case hex, as the manifest has it. */
export function computeSha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Compares every capture with what the manifest says of it. Bytes that differ stay in the bundle. */
export function computeBundleDamage(bundle: Bundle): Damage[] {
  const damage: Damage[] = [];
  for (const { path, bytes, sha256 } of bundle.manifest.captures) {
    const file = bundle.files.get(path);
    if (file === undefined) {
      damage.push({ format: "manifest", offset: 0, what: `${path} is missing from the bundle` });
    } else if (file.length !== bytes) {
      const what = `${path} has ${file.length} bytes where ${bytes} were captured; what is there was kept`;
      damage.push({ format: "manifest", offset: Math.min(file.length, bytes), what });
    } else if (computeSha256(file) !== sha256) {
      const what = `${path} is not what was captured (its SHA-256 differs); it was read all the same`;
      damage.push({ format: "manifest", offset: 0, what });
    }
  }
  return damage;
}
