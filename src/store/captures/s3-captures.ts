import { AwsClient } from "aws4fetch";
import type { CaptureAbout, CaptureEntry, RawCaptures } from "../raw-captures.ts";
import { StoreError } from "../store.ts";
import { checkCapture, isCaptureName, nameCapture } from "./capture-name.ts";

export interface S3Place {
  /** "https://s3.eu-central-1.amazonaws.com", "http://minio:9000": the bucket is put behind it. */
  endpoint: string;
  bucket: string;
  region: string;
  keyId: string;
  secretKey: string;
}

/** S3 takes keys of 1024 bytes. */
const MAX_ABOUT_BYTES = 600;
const ATTEMPT_MS = 60_000;
const RETRIES = 4;

/**
 * Objects in an S3-compatible bucket: `blobs/ab/abcd…` the bytes, `about/abcd…/<time>.<size>.<target and kind>` empty, so that
 * listing tells all without asking for each object, and `pins/abcd…` for pinned ones.
 */
export class S3Captures implements RawCaptures {
  readonly #client: AwsClient;
  readonly #place: S3Place;

  constructor(place: S3Place) {
    this.#place = place;
    this.#client = new AwsClient({
      accessKeyId: place.keyId,
      secretAccessKey: place.secretKey,
      region: place.region,
      service: "s3",
      retries: RETRIES,
    });
  }

  async put(bytes: Uint8Array, about: CaptureAbout): Promise<string> {
    const sha256 = nameCapture(bytes);
    const known = await this.#ask("HEAD", blobKey(sha256));
    if (known.status === 404) await this.#ask("PUT", blobKey(sha256), bytes);
    await this.#ask("PUT", aboutKey(sha256, bytes.length, about), new Uint8Array(0));
    return sha256;
  }

  async get(sha256: string): Promise<Uint8Array | null> {
    if (!isCaptureName(sha256)) return null;
    const answer = await this.#ask("GET", blobKey(sha256));
    if (answer.status === 404) return null;
    return checkCapture(answer.body, sha256, this.#where());
  }

  async *list(): AsyncGenerator<CaptureEntry & { pinned: boolean }> {
    const pins = new Set<string>();
    for await (const key of this.#keys("pins/")) pins.add(key.slice("pins/".length));
    // Keys come in order, so that all that is said of one capture comes together; the last is the newest.
    let entry: CaptureEntry | undefined;
    for await (const key of this.#keys("about/")) {
      const next = readAboutKey(key);
      if (next === undefined) continue;
      if (entry !== undefined && entry.sha256 !== next.sha256)
        yield { ...entry, pinned: pins.has(entry.sha256) };
      entry = next;
    }
    if (entry !== undefined) yield { ...entry, pinned: pins.has(entry.sha256) };
  }

  async remove(sha256: string): Promise<void> {
    if (!isCaptureName(sha256)) return;
    await this.#ask("DELETE", `pins/${sha256}`);
    await this.#ask("DELETE", blobKey(sha256));
    // What is said about it goes last, so that what is left after a crash is still listed.
    for await (const key of this.#keys(`about/${sha256}/`)) await this.#ask("DELETE", key);
  }

  async pin(sha256: string, pinned: boolean): Promise<void> {
    if (!isCaptureName(sha256)) return;
    if (!pinned) await this.#ask("DELETE", `pins/${sha256}`);
    else await this.#ask("PUT", `pins/${sha256}`, new Uint8Array(0));
  }

  /** ListObjectsV2, a thousand keys a request. */
  async *#keys(prefix: string): AsyncGenerator<string> {
    for (let token: string | undefined; ; ) {
      const query = new URLSearchParams({ "list-type": "2", prefix });
      if (token !== undefined) query.set("continuation-token", token);
      const answer = await this.#ask("GET", "", undefined, query);
      if (answer.status === 404)
        throw this.#failure("missing", "the bucket is not there", "Make the bucket first");
      const text = new TextDecoder().decode(answer.body);
      for (const [, key] of text.matchAll(/<Key>([^<]*)<\/Key>/g)) yield unescapeXml(key!);
      token = /<NextContinuationToken>([^<]*)</.exec(text)?.[1];
      if (token === undefined) return;
      token = unescapeXml(token);
    }
  }

  /** Answers 2xx and 404 are given back, everything else is thrown. */
  async #ask(
    method: "GET" | "HEAD" | "PUT" | "DELETE",
    key: string,
    body?: Uint8Array,
    query?: URLSearchParams,
  ): Promise<{ status: number; body: Uint8Array }> {
    const url = `${this.#place.endpoint.replace(/\/$/, "")}/${this.#place.bucket}/${key}${query === undefined ? "" : `?${query}`}`;
    let status: number;
    let answer: Uint8Array;
    try {
      const response = await this.#client.fetch(url, {
        method,
        // A copy: fetch wants bytes of a buffer that is not shared. With its hash in the signature the store checks it.
        ...(body === undefined
          ? {}
          : { body: new Uint8Array(body), headers: { "x-amz-content-sha256": nameCapture(body) } }),
        signal: AbortSignal.timeout(ATTEMPT_MS),
      });
      status = response.status;
      answer = new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      const cause = (error as Error).cause as Error | undefined;
      throw this.#failure(
        "unreachable",
        cause?.message ?? (error as Error).message,
        "Check store.captures.endpoint",
      );
    }
    const code = status < 400 ? "" : (/<Code>(\w+)</.exec(new TextDecoder().decode(answer))?.[1] ?? "");
    if (code === "NoSuchBucket") {
      throw this.#failure("missing", "the bucket is not there", "Make the bucket first");
    }
    if (status < 300 || (status === 404 && (method === "GET" || method === "HEAD" || method === "DELETE"))) {
      return { status, body: answer };
    }
    if (status === 401 || status === 403) {
      throw this.#failure(
        "refused",
        `it answered ${status} ${code}`.trim(),
        "Check the key, its secret and what it may do",
      );
    }
    throw this.#failure(
      "failed",
      `it answered ${status} ${code}`.trim(),
      "Look into the log of the object store",
    );
  }

  #failure(
    code: "missing" | "unreachable" | "refused" | "failed",
    message: string,
    hint: string,
  ): StoreError {
    return new StoreError(code, `${this.#where()}: ${message}`, hint);
  }

  #where(): string {
    return `bucket ${this.#place.bucket} at ${this.#place.endpoint}`;
  }
}

function blobKey(sha256: string): string {
  return `blobs/${sha256.slice(0, 2)}/${sha256}`;
}

/** The time comes first and has always as many digits, so that the newest sorts last. */
function aboutKey(sha256: string, bytes: number, { target, kind, atMs }: CaptureAbout): string {
  const about = Buffer.from(JSON.stringify([kind, target]))
    .subarray(0, MAX_ABOUT_BYTES)
    .toString("base64url");
  return `about/${sha256}/${String(Math.round(atMs)).padStart(15, "0")}.${bytes}.${about}`;
}

function readAboutKey(key: string): CaptureEntry | undefined {
  const parts = /^about\/([0-9a-f]{64})\/(\d+)\.(\d+)\.([\w-]*)$/.exec(key);
  if (parts === null) return undefined;
  const [, sha256, atMs, bytes, about] = parts;
  let [kind, target] = ["", ""];
  try {
    [kind, target] = JSON.parse(Buffer.from(about!, "base64url").toString()) as [string, string];
  } catch {
    // A name too long for a key was cut; the capture itself is as good.
  }
  return { sha256: sha256!, bytes: Number(bytes), atMs: Number(atMs), target, kind };
}

function unescapeXml(text: string): string {
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
