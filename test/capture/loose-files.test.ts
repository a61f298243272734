import { chmod, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { computeBundleDamage } from "../../src/bundle/bundle-damage.ts";
import type { Bundle } from "../../src/bundle/manifest.ts";
import { decodeManifest, encodeManifest } from "../../src/bundle/manifest-json.ts";
import { DecodeError } from "../../src/bytes/decode-error.ts";
import { type LooseFilesOptions, readLooseFiles } from "../../src/capture/loose-files.ts";

let folder: string;
const at = (name: string): string => join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gopatrol-loose-"));
});
afterEach(() => rm(folder, { recursive: true }));

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 1);

async function write(name: string, content: string, day: number): Promise<string> {
  await writeFile(at(name), content);
  const seconds = (START_MS + day * DAY_MS) / 1000;
  await utimes(at(name), seconds, seconds);
  return at(name);
}

/** A file "@3 …" tells that it is of day 3. */
function timeOf(bytes: Uint8Array): number | undefined {
  const day = /^@(\d+)/.exec(new TextDecoder().decode(bytes))?.[1];
  return day === undefined ? undefined : START_MS + Number(day) * DAY_MS;
}

function read(paths: string[], options: Partial<LooseFilesOptions> = {}): Promise<Bundle> {
  return readLooseFiles({ paths, gopatrol: "0.0.0", timeOf, ...options });
}

const names = (bundle: Bundle): string[] => bundle.manifest.captures.map(({ path }) => path);

describe("order", () => {
  test("by the time that the files tell of themselves", async () => {
    const paths = [await write("late.pb.gz", "@9 x", 1), await write("early.pb.gz", "@2 x", 8)];
    const bundle = await read(paths);
    expect(names(bundle)).toEqual(["0000/early.pb.gz", "0001/late.pb.gz"]);
    expect(bundle.manifest).toMatchObject({
      order: "content",
      samples: 2,
      windowMs: 7 * DAY_MS,
      target: { kind: "files", name: "late.pb.gz, early.pb.gz" },
    });
    expect(bundle.manifest.captures.map(({ time }) => time)).toEqual([
      { wallMs: START_MS + 2 * DAY_MS, monotonicMs: 0 },
      { wallMs: START_MS + 9 * DAY_MS, monotonicMs: 7 * DAY_MS },
    ]);
    expect(computeBundleDamage(bundle)).toEqual([]);
    expect(decodeManifest(encodeManifest(bundle.manifest))).toEqual(bundle.manifest);
  });

  test("else by the time that the file system has, else as given", async () => {
    const byTime = await read([
      await write("b", "x", 5),
      await write("a", "y", 3),
      await write("c", "@4", 9),
    ]);
    expect(names(byTime)).toEqual(["0000/a", "0001/c", "0002/b"]);
    expect(byTime.manifest.order).toBe("mixed");
    const mtime = await read([await write("b", "x", 5), await write("a", "y", 3)]);
    expect(mtime.manifest.order).toBe("mtime");
    const given = await read([await write("z", "x", 5), await write("a", "y", 5)]);
    expect(names(given)).toEqual(["0000/z", "0001/a"]);
    expect(given.manifest.order).toBe("argument");
  });

  test("a file that cannot tell its time because it is damaged is still taken", async () => {
    const refuse = (): never => {
      throw new DecodeError("is damaged", { format: "pprof", offset: 0, hint: "" });
    };
    expect((await read([await write("a", "x", 1)], { timeOf: refuse })).manifest.order).toBe("mtime");
  });
});

test("names are made fit for a bundle; equal ones stay apart", async () => {
  const long = `${"x".repeat(200)} (1).pb.gz`;
  const bundle = await read([await write("träge – 1.txt", "x", 1), await write(long, "y", 2)]);
  expect(names(bundle)[0]).toBe("0000/tr_ge_1.txt");
  expect(names(bundle)[1]).toMatch(/^0001\/x+_1_\.pb\.gz$/);
  expect(bundle.manifest.captures[0]?.origin).toBe(at("träge – 1.txt"));
  decodeManifest(encodeManifest(bundle.manifest));
});

describe("files that cannot be taken", () => {
  test("missing, a directory, too large", async () => {
    const good = await write("good", "x", 1);
    await expect(read([good, at("missing")])).rejects.toMatchObject({ code: "no-such-file" });
    await expect(read([folder])).rejects.toMatchObject({ code: "not-a-file" });
    await expect(read(["/dev/zero"])).rejects.toMatchObject({ code: "not-a-file" });
    await expect(read([await write("big", "0123456789", 1)], { maxBytes: 9 })).rejects.toMatchObject({
      code: "too-large",
    });
    expect((await read([at("big")], { maxBytes: 10 })).manifest.captures[0]?.bytes).toBe(10);
  });

  test("of a log too large to be read whole, what the extract keeps", async () => {
    const path = await write("app.log", `noise ${"x".repeat(200)}\nkept\n`, 1);
    const extractKeeping = (kept: string) => () => {
      const seen: Uint8Array[] = [];
      return {
        push: (bytes: Uint8Array) => void seen.push(bytes.slice()),
        finish: () => new TextEncoder().encode(Buffer.concat(seen).includes(kept) ? kept : ""),
      };
    };
    const bundle = await read([path], { maxBytes: 100, extractLog: extractKeeping("kept") });
    expect(Buffer.from(bundle.files.get("0000/app.log")!).toString()).toBe("kept");
    expect(bundle.manifest.captures[0]).toMatchObject({ bytes: 4, origin: path });
    await expect(read([path], { maxBytes: 100, extractLog: extractKeeping("absent") })).rejects.toMatchObject(
      { code: "too-large" },
    );
  });

  test.skipIf(process.getuid?.() === 0)("unreadable", async () => {
    const path = await write("locked", "x", 1);
    await chmod(path, 0);
    await expect(read([path])).rejects.toMatchObject({ code: "unreadable" });
  });

  test("an empty one is an error alone, and noted among others", async () => {
    const empty = await write("empty", "", 1);
    await expect(read([empty])).rejects.toMatchObject({ code: "empty" });
    await expect(read([empty, empty])).rejects.toMatchObject({ code: "empty" });
    const { manifest } = await read([empty, await write("good", "x", 1)]);
    expect(manifest.captures.length).toBe(1);
    expect(manifest.failures).toMatchObject([{ kind: "file", origin: empty, code: "empty" }]);
  });
});
