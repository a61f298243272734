import { DecodeError } from "../bytes/decode-error.ts";
import { assert } from "../lib/assert.ts";
import { isBundlePath } from "./bundle-path.ts";
import { type Manifest, manifestSchema } from "./manifest.ts";

/** A day of captures every second has about 20 MB of entries; no manifest we write comes near. */
export const MAX_MANIFEST_BYTES = 32 * 1024 * 1024;

/**
 * Parses `manifest.json` and checks it against its schema, its version and the safety of its paths.
 *
 * @throws DecodeError (format "manifest"); its offset is where JSON broke off, or 0 for what is wrong elsewhere.
 */
export function decodeManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > MAX_MANIFEST_BYTES) {
    throw broken(`is larger than ${MAX_MANIFEST_BYTES} bytes`, 0, NOT_A_BUNDLE);
  }
  const json = parseJson(bytes);
  const head = (typeof json === "object" && json !== null ? json : {}) as {
    format?: unknown;
    version?: unknown;
  };
  if (head.format !== "gopatrol-bundle") throw broken("is not that of a gopatrol bundle", 0, NOT_A_BUNDLE);
  if (head.version !== 1) {
    const version = typeof head.version === "number" ? head.version : "unknown";
    throw broken(
      `has version ${version}, and this gopatrol reads version 1`,
      0,
      "Update gopatrol to read it.",
    );
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where =
      issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.map(String).join(".")}`;
    throw broken(
      `is wrong${where}: ${issue?.message ?? "no reason"}`,
      0,
      "Capture again: it was edited or damaged.",
    );
  }
  checkPaths(parsed.data);
  return parsed.data;
}

/** The bytes of `manifest.json`; the same manifest always gives the same bytes. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  const paths = new Set(manifest.captures.map((capture) => capture.path));
  assert(paths.size === manifest.captures.length, "every capture has a path of its own");
  for (const path of paths) assert(isBundlePath(path), `${path} is no path of a bundle`);
  // The schema rebuilds every object, so keys come in its order and not in that of assignment.
  return new TextEncoder().encode(`${JSON.stringify(manifestSchema.parse(manifest), undefined, 2)}\n`);
}

const NOT_A_BUNDLE = "Give a directory or archive that gopatrol capture wrote.";

function parseJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    // V8 says where in its message only, as a position in UTF-16 units: close enough to find the place.
    const position = /position (\d{1,10})/.exec((cause as Error).message)?.[1];
    const offset = position === undefined ? bytes.length : Number(position);
    throw broken("is not whole JSON", offset, "The file looks cut short or edited; capture again.", cause);
  }
}

function checkPaths(manifest: Manifest): void {
  const seen = new Set<string>();
  for (const { path } of manifest.captures) {
    if (!isBundlePath(path)) {
      throw broken(
        `names the unsafe path ${JSON.stringify(path.slice(0, 120))}`,
        0,
        "Do not trust this bundle.",
      );
    }
    if (seen.has(path)) throw broken(`names ${path} twice`, 0, "Capture again: it was edited or damaged.");
    seen.add(path);
  }
}

function broken(what: string, offset: number, hint: string, cause?: unknown): DecodeError {
  return new DecodeError(`the manifest ${what}`, { format: "manifest", offset, hint, cause });
}
