import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { describeRawCaptures } from "../../../test/contracts/raw-captures.ts";
import { FolderCaptures } from "./folder-captures.ts";

describeRawCaptures("folder", async () => {
  const dir = await mkdtemp(join(tmpdir(), "gopatrol-captures-"));
  return {
    open: () => FolderCaptures.open(dir),
    damage: (sha256) => writeFile(join(dir, sha256.slice(0, 2), sha256), "something else"),
    remove: () => rm(dir, { recursive: true }),
  };
});

let dir = "";
afterEach(() => rm(dir, { recursive: true, force: true }));

test("a file that was cut off while it was written is never listed, and written again", async () => {
  dir = await mkdtemp(join(tmpdir(), "gopatrol-captures-"));
  const captures = await FolderCaptures.open(dir);
  const bytes = new TextEncoder().encode("whole");
  await writeFile(join(dir, "incoming", "left-over"), "who");
  const about = { target: "t", kind: "heap", atMs: 5 };
  const name = await captures.put(bytes, about);
  // As a power cut leaves it where the file system does not keep its promise.
  await writeFile(join(dir, name.slice(0, 2), name), "who");
  await captures.put(bytes, about);
  expect(await captures.get(name)).toEqual(bytes);
  const listed = [];
  for await (const entry of captures.list()) listed.push(entry.sha256);
  expect(listed).toEqual([name]);
  expect(await readdir(join(dir, "incoming"))).toEqual(["left-over"]);
});
