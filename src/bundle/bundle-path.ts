export const MANIFEST_PATH = "manifest.json";
/** A name in a tar header has 100 bytes, and ours are ASCII. */
const MAX_BUNDLE_PATH_LENGTH = 100;

/** Leaves room for a folder and a number in front. */
const MAX_SEGMENT_LENGTH = 70;

const SEGMENTS = /^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*$/;

/**
 * Whether a capture may be stored under this path: relative, forward slashes, no "." or "..", characters that every
 * file system takes. A manifest is foreign input, and its paths are opened.
 */
export function isBundlePath(path: string): boolean {
  return (
    path.length <= MAX_BUNDLE_PATH_LENGTH &&
    path !== MANIFEST_PATH &&
    SEGMENTS.test(path) &&
    path.split("/").every((segment) => segment !== "." && segment !== "..")
  );
}

/** A file's own name as far as one segment of a bundle path takes it; its end, where the suffix is, is kept. */
export function encodePathSegment(name: string): string {
  const segment = name.replace(/[^A-Za-z0-9_.-]+/g, "_").slice(-MAX_SEGMENT_LENGTH);
  return segment === "" || segment === "." || segment === ".." ? "file" : segment;
}
