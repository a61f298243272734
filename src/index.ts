/** What a program can import: bytes in, findings out, without any I/O of our own. */
export type { Bundle, Manifest } from "./bundle/manifest.ts";
export { DecodeError } from "./bytes/decode-error.ts";
export type { Finding } from "./findings/finding.ts";
export { inspectBundle } from "./inspect/inspect-bundle.ts";
export type { Inspection } from "./inspect/inspection.ts";
