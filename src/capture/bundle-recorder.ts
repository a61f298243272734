import { computeSha256 } from "../bundle/bundle-damage.ts";
import type { Bundle, Capture, CaptureFailure, Manifest } from "../bundle/manifest.ts";
import type { BundleDirectoryWriter } from "./bundle-directory.ts";

/** Gathers a bundle in memory and, if there is a writer, on disk at the same time. */
export class BundleRecorder {
  readonly #manifest: Manifest;
  readonly #files = new Map<string, Uint8Array>();
  readonly #writer: BundleDirectoryWriter | undefined;

  /** `head` describes the window; it is changed as the window goes on. */
  constructor(head: Manifest, writer: BundleDirectoryWriter | undefined) {
    this.#manifest = head;
    this.#writer = writer;
  }

  get manifest(): Readonly<Manifest> {
    return this.#manifest;
  }

  async addCapture(capture: Omit<Capture, "bytes" | "sha256">, bytes: Uint8Array): Promise<void> {
    this.#files.set(capture.path, bytes);
    await this.#writer?.writeCapture(capture.path, bytes);
    this.#manifest.captures.push({ ...capture, bytes: bytes.length, sha256: computeSha256(bytes) });
    await this.#writer?.writeManifest(this.#onDisk());
  }

  async addFailure(failure: CaptureFailure): Promise<void> {
    this.#manifest.failures.push(failure);
    if (this.#manifest.captures.length > 0) await this.#writer?.writeManifest(this.#onDisk());
  }

  setSamples(samples: number): void {
    this.#manifest.samples = samples;
  }

  setLoad(command: string, exitCode: number | null): void {
    this.#manifest.load = { command, exitCode };
  }

  /** The whole bundle, moved to its place on disk. */
  async finish(interrupted: boolean): Promise<Bundle> {
    this.#manifest.interrupted = interrupted;
    await this.#writer?.commit(this.#manifest);
    return { manifest: this.#manifest, files: this.#files };
  }

  async discard(): Promise<void> {
    await this.#writer?.discard();
  }

  /** Until the window is over, whoever finds the directory finds an interrupted one. */
  #onDisk(): Manifest {
    return { ...this.#manifest, interrupted: true };
  }
}
