import { computeSha256 } from "../../src/bundle/bundle-damage.ts";
import type { Bundle, CaptureKind } from "../../src/bundle/manifest.ts";

/** A small whole bundle of these files, in order: two to a sample, five seconds apart. */
export function makeBundle(
  contents: Record<string, string | Uint8Array>,
  kind: CaptureKind = "file",
): Bundle {
  const files = new Map<string, Uint8Array>();
  const captures = Object.entries(contents).map(([path, content], nth) => {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content);
    files.set(path, bytes);
    const sample = nth >> 1;
    return {
      kind,
      sample,
      path,
      origin: path,
      time: { wallMs: Date.UTC(2026, 10, 20) + sample * 5000, monotonicMs: sample * 5000 },
      elapsedMs: 1.5,
      bytes: bytes.length,
      sha256: computeSha256(bytes),
      forcedGc: false,
      cutOff: false,
    };
  });
  return {
    manifest: {
      format: "gopatrol-bundle",
      version: 1,
      gopatrol: "0.0.0",
      target: { kind: "files", name: "test" },
      begun: { wallMs: Date.UTC(2026, 10, 20) },
      windowMs: 5000,
      everyMs: 5000,
      samples: Math.ceil(captures.length / 2),
      interrupted: false,
      limitBytes: null,
      load: null,
      captures,
      failures: [],
    },
    files,
  };
}
