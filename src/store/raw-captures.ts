/** Raw captures, content-addressed: the name is the sha256 of the bytes in hex. Folder on disk, or an S3 bucket. */
export interface RawCaptures {
  /** Stores the bytes, unless they are there; returns their sha256 once they are durable. */
  put(bytes: Uint8Array, about: CaptureAbout): Promise<string>;
  /** The bytes, checked against their name; null if there are none. Throws StoreError if they are not what was put. */
  get(sha256: string): Promise<Uint8Array | null>;
  list(): AsyncIterable<CaptureEntry & { pinned: boolean }>;
  /** Also if it is pinned; nothing happens if it is not there. */
  remove(sha256: string): Promise<void>;
  /** A pinned capture is kept whatever its age. */
  pin(sha256: string, pinned: boolean): Promise<void>;
}

export interface CaptureAbout {
  target: string;
  kind: string;
  atMs: number;
}

export interface CaptureEntry extends CaptureAbout {
  sha256: string;
  bytes: number;
}
