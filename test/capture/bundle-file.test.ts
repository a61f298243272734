import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DecodeError } from "../../src/bytes/decode-error.ts";
import { decodeBundleArchive, encodeBundleArchive } from "../../src/capture/bundle-archive.ts";
import { checkBundlePlace, readBundle, writeBundle } from "../../src/capture/bundle-file.ts";
import { resolveTarget } from "../../src/capture/target.ts";
import { makeBundle } from "../support/bundle-sample.ts";

let folder: string;
const at = (name: string): string => join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gopatrol-bundle-"));
});
afterEach(() => rm(folder, { recursive: true }));

const bundle = makeBundle({
  "0000/heap.pb.gz": gzipSync("heap"),
  "0000/dump.txt": "goroutine 1 [running]:\n",
  "0001/heap.pb.gz": gzipSync("heap 2"),
});

describe.each(["bundle", "bundle.tar.gz"])("%s", (name) => {
  test("comes back as it was written, and may be written again", async () => {
    await writeBundle(at(name), bundle);
    expect(await readBundle(at(name))).toEqual({ bundle, damage: [] });
    expect(await resolveTarget([at(name)])).toMatchObject({ kind: "bundle" });
    const other = makeBundle({ "0000/other.txt": "x" });
    await writeBundle(at(name), other);
    expect((await readBundle(at(name))).bundle).toEqual(other);
    expect(await readdir(folder)).toEqual([name]);
  });

  test("never takes the place of something else", async () => {
    await writeFile(at(name), "precious");
    await expect(writeBundle(at(name), bundle)).rejects.toMatchObject({
      name: "CaptureError",
      code: "exists",
    });
    await expect(checkBundlePlace(at(name))).rejects.toMatchObject({ code: "exists" });
    expect(await readFile(at(name), "utf8")).toBe("precious");
    await rm(at(name));
    await mkdir(at(name));
    await writeFile(join(at(name), "mine"), "precious");
    await expect(writeBundle(at(name), bundle)).rejects.toMatchObject({ code: "exists" });
    expect(await readdir(at(name))).toEqual(["mine"]);
    expect(await readdir(folder)).toEqual([name]);
  });

  test("has a place that is free before it is there and after", async () => {
    await checkBundlePlace(at(name));
    await writeBundle(at(name), bundle);
    await checkBundlePlace(at(name));
  });

  test("cannot be written where there is no way", async () => {
    await writeFile(at("file"), "");
    const path = join(at("file"), name);
    await expect(writeBundle(path, bundle)).rejects.toMatchObject({
      name: "CaptureError",
      code: "write-failed",
    });
  });

  test("that is not there", async () => {
    await expect(readBundle(at(name))).rejects.toMatchObject({ name: "CaptureError", code: "no-such-file" });
  });
});

test("an empty directory is taken, a directory with another manifest is not", async () => {
  await mkdir(at("empty"));
  await writeBundle(at("empty"), bundle);
  expect((await readBundle(at("empty"))).damage).toEqual([]);
  await mkdir(at("web"));
  await writeFile(at("web/manifest.json"), '{"name": "a web app"}');
  await expect(writeBundle(at("web"), bundle)).rejects.toMatchObject({ code: "exists" });
  await expect(readBundle(at("web"))).rejects.toThrow(DecodeError);
});

test("links in a directory are not followed out of it; what is missing or changed is damage", async () => {
  await writeBundle(at("bundle"), bundle);
  await writeFile(at("secret"), "of this machine");
  await rm(at("bundle/0000/dump.txt"));
  await symlink(at("secret"), at("bundle/0000/dump.txt"));
  await truncate(at("bundle/0000/heap.pb.gz"), 10);
  await rm(at("bundle/0001"), { recursive: true });
  const { bundle: read, damage } = await readBundle(at("bundle"));
  expect([...read.files.keys()]).toEqual(["0000/heap.pb.gz"]);
  expect(damage.map(({ what }) => what)).toEqual([
    "0000/dump.txt is a link out of the bundle and was not followed",
    expect.stringContaining("0000/heap.pb.gz has 10 bytes"),
    "0000/dump.txt is missing from the bundle",
    "0001/heap.pb.gz is missing from the bundle",
  ]);
});

test("equal bundles make equal archives, without a trace of when and where", () => {
  const archive = encodeBundleArchive(bundle);
  const shuffled = {
    manifest: structuredClone(bundle.manifest),
    files: new Map([...bundle.files].reverse()),
  };
  expect(encodeBundleArchive(shuffled)).toEqual(archive);
  // Gzip's time and operating system.
  expect([...archive.subarray(4, 10)]).toEqual([0, 0, 0, 0, 0, 255]);
});

test("an archive cut off anywhere is read as far as it goes, or refused", () => {
  const archive = encodeBundleArchive(bundle);
  let read = 0;
  for (let length = 0; length < archive.length; length++) {
    try {
      expect(decodeBundleArchive(archive.subarray(0, length)).damage).not.toEqual([]);
      read++;
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError);
    }
  }
  expect(read).toBeGreaterThan(0);
});

test("a gzip bomb is refused", () => {
  const bomb = gzipBomb();
  expect(bomb.length).toBeLessThan(1_500_000);
  expect(() => decodeBundleArchive(bomb)).toThrow(/more than the limit/);
});

/** 1 GB of zeros in 1 MB: gzip members of 32 MB each, put end to end. */
function gzipBomb(): Uint8Array {
  const member = gzipSync(new Uint8Array(32 * 1024 * 1024), { level: 9 });
  return Buffer.concat(Array.from({ length: 32 }, () => member));
}

test("an archive made by hand with other paths is refused before anything is touched", async () => {
  const { createTar } = await import("nanotar");
  const path = at("evil.tar.gz");
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, gzipSync(createTar([{ name: "../../evil", data: "x" }])));
  await expect(readBundle(path)).rejects.toThrow(/points outside/);
});
