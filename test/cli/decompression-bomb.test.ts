import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGzip } from "node:zlib";
import { createTar } from "nanotar";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeManifest } from "../../src/bundle/manifest-json.ts";
import { recordedBundle, SERVICES } from "../support/recorded-service.ts";
import { runGopatrol, unwrap } from "../support/run-gopatrol.ts";

const GIGABYTE = 2 ** 30;
/** Below what the zeros would take, and above what Node takes of itself. */
const MOST_BYTES = 900 * 2 ** 20;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gopatrol-bomb-"));
  await Promise.all([
    zip("heap.pb.gz", new Uint8Array(0)),
    zip("zeros.tar.gz", new Uint8Array(0)),
    zip("bundle.tar.gz", startOfBundle()),
  ]);
});
afterAll(() => rm(folder, { recursive: true }));

/** Compresses `start` and a gigabyte of zeros. */
async function zip(name: string, start: Uint8Array): Promise<void> {
  const gzip = createGzip({ level: 9 });
  const chunks: Uint8Array[] = [];
  gzip.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  gzip.write(start);
  const zeros = new Uint8Array(2 ** 24);
  for (let left = GIGABYTE; left > 0; left -= zeros.length) {
    if (!gzip.write(zeros)) await new Promise((drained) => gzip.once("drain", drained));
  }
  await new Promise((ended) => gzip.end(ended).on("end", ended));
  await writeFile(join(folder, name), Buffer.concat(chunks));
  expect((await stat(join(folder, name))).size).toBeLessThan(2 * 2 ** 20);
}

const BLOCK_BYTES = 512;

/** A manifest, and the header of a capture that is a gigabyte long. */
function startOfBundle(): Uint8Array {
  const { manifest } = recordedBundle(SERVICES.healthy);
  const data = encodeManifest(manifest);
  const first = createTar([{ name: "manifest.json", data }]);
  const header = createTar([{ name: manifest.captures[0]!.path, data: "x" }]).subarray(0, BLOCK_BYTES);
  header.set(encode(GIGABYTE.toString(8).padStart(11, "0")), 124);
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(encode(sum.toString(8).padStart(6, "0")), 148);
  const firstBytes = BLOCK_BYTES + Math.ceil(data.length / BLOCK_BYTES) * BLOCK_BYTES;
  return Buffer.concat([first.subarray(0, firstBytes), header]);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe("a gigabyte of zeros in a megabyte is refused with bounded memory, exit code 3", () => {
  test.each(["heap.pb.gz", "zeros.tar.gz", "bundle.tar.gz"])("as %s", async (name) => {
    const run = await runGopatrol(["inspect", join(folder, name)]);
    expect(run.code).toBe(3);
    expect(unwrap(run.stderr)).toMatch(
      /inflates to more than the limit of 536870912 bytes .* No profile or dump is that large; this looks like a decompression bomb\./,
    );
    expect(run.peakRssBytes).toBeLessThan(MOST_BYTES);
  });
});
