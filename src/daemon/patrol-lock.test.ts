import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findLockHolder, LockedError, takePatrolLock } from "./patrol-lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gopatrol-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const HOLD = `
const { takePatrolLock } = await import(${JSON.stringify(new URL("./patrol-lock.ts", import.meta.url).href)});
takePatrolLock(process.argv[1], "the other one, pid " + process.pid);
console.log("held");
setInterval(() => {}, 1000);`;

test("two processes cannot hold it, and kill -9 gives it back", async () => {
  const other = spawn(process.execPath, ["--input-type=module", "-e", HOLD, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => other.stdout.once("data", resolve));
  expect(() => takePatrolLock(folder, "me")).toThrow(LockedError);
  expect(findLockHolder(folder)).toBe(`the other one, pid ${other.pid}`);
  other.kill("SIGKILL");
  await new Promise((resolve) => other.once("close", resolve));
  const lock = takePatrolLock(folder, "me");
  lock.release();
  expect(findLockHolder(folder)).toBeNull();
});

test("a folder that cannot be made is told as what it is", () => {
  expect(() => takePatrolLock("/dev/null/nowhere", "me")).toThrow(/ENOTDIR|EEXIST/);
});
