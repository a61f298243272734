import { createTar } from "nanotar";
import { type Damage, DecodeError } from "../bytes/decode-error.ts";
import { computeBundleDamage } from "./bundle-damage.ts";
import { MANIFEST_PATH } from "./bundle-path.ts";
import type { Bundle } from "./manifest.ts";
import { decodeManifest, encodeManifest } from "./manifest-json.ts";
import { decodeTar } from "./tar-reader.ts";

/** A bundle as it was read, with what is missing from it or differs from its manifest. */
export interface ReadBundle {
  bundle: Bundle;
  damage: Damage[];
}

/**
 * A bundle as a tar archive: the manifest first, so that an archive cut off on its way can still be read, then the
 * captures by path. Equal bundles give equal bytes: no times, users or order of insertion.
 */
export function encodeBundleTar(bundle: Bundle): Uint8Array {
  const paths = bundle.manifest.captures.map((capture) => capture.path).sort();
  const files = paths.flatMap((path) => {
    const data = bundle.files.get(path);
    return data === undefined ? [] : [{ name: path, data }];
  });
  const tar = createTar([{ name: MANIFEST_PATH, data: encodeManifest(bundle.manifest) }, ...files], {
    attrs: { mode: "644", uid: 0, gid: 0, mtime: 0, user: "", group: "" },
  });
  // nanotar pads to full records only, and may leave none for the two zero blocks that end an archive.
  const ended = new Uint8Array(tar.length + 1024);
  ended.set(tar);
  return ended;
}

/**
 * The inverse. The bundle may lie in one folder inside the archive, as when a bundle directory was packed by hand.
 *
 * @throws DecodeError (format "tar" or "manifest") if there is no tar archive or no whole manifest in it.
 */
export function decodeBundleTar(archive: Uint8Array): ReadBundle {
  const { files, damage } = decodeTar(archive);
  const manifest = files.find(({ name }) => name === MANIFEST_PATH || /^[^/]+\/manifest\.json$/.test(name));
  if (manifest === undefined) {
    throw new DecodeError("the archive holds no manifest.json", {
      format: "manifest",
      offset: archive.length,
      hint: "Give an archive that gopatrol capture wrote, or the profiles in it as loose files.",
    });
  }
  const folder = manifest.name.slice(0, -MANIFEST_PATH.length);
  const inFolder = new Map<string, Uint8Array>();
  for (const { name, bytes } of files) {
    if (name.startsWith(folder)) inFolder.set(name.slice(folder.length), bytes);
  }
  const decoded = decodeManifest(manifest.bytes);
  const captured = new Map<string, Uint8Array>();
  for (const { path } of decoded.captures) {
    const bytes = inFolder.get(path);
    if (bytes !== undefined) captured.set(path, bytes);
  }
  const bundle = { manifest: decoded, files: captured };
  return { bundle, damage: [...damage, ...computeBundleDamage(bundle)] };
}
