import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeBundle } from "../../src/capture/bundle-file.ts";
import { withFakePprofServer } from "../support/fake-pprof-server.ts";
import { recordedBundle, recordedCapture, SERVICES } from "../support/recorded-service.ts";
import { runGopatrol, SHORT_WINDOW } from "../support/run-gopatrol.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gopatrol-arguments-"));
  await mkdir(join(folder, "photos"));
  await writeFile(join(folder, "photos", "cat.png"), "cat");
  await writeFile(join(folder, "empty.pb.gz"), "");
  await writeFile(join(folder, "page.pb.gz"), "<!doctype html><title>Log in</title>");
  await writeFile(join(folder, "notes.txt"), "milk, bread");
  await writeFile(join(folder, "heap.pb.gz"), recordedCapture("heap", SERVICES.healthy(0)));
  await writeBundle(join(folder, "bundle.tar.gz"), recordedBundle(SERVICES.healthy));
});
afterAll(() => rm(folder, { recursive: true }));

/** `{}` in an argument is the test's folder. */
const inFolder = (words: readonly string[]): string[] => words.map((word) => word.replace("{}", folder));

describe.concurrent("wrong usage is told in one sentence, with exit code 2", () => {
  test.each<[words: string[], says: RegExp]>([
    [["frobnicate"], /unknown command 'frobnicate'/],
    [["inspect"], /no target was given: give a URL/],
    [["inspect", "--pid", "1", "test/fixtures/profiles"], /--pid goes with a URL|not a bundle/],
    [["inspect", ":1", "--frob"], /unknown option '--frob'/],
    [["inspect", ":1", "--format", "xml"], /Allowed choices are text, json, html, markdown/],
    [["inspect", ":1", "--for", "soon"], /Wanted a duration such as 30s/],
    [["inspect", ":1", "--every", "0s"], /Wanted a duration such as 30s/],
    [["inspect", ":1", "--every", "1000h"], /no more than 24 days/],
    [["inspect", ":1", "--limit", "much"], /Wanted a size such as 512MiB/],
    [["inspect", ":1", "--fail-on", "maybe"], /Allowed choices are info, warning, critical, never/],
    [["inspect", "checkout"], /neither a file nor host:port/],
    [["inspect", "ftp://host/"], /the scheme ftp:\/\/ is not supported/],
    [["inspect", ":1", ":2"], /several targets were given that do not go together/],
    [["inspect", ":1", "--bearer", "env:NO_SUCH_VARIABLE"], /the variable NO_SUCH_VARIABLE is not set/],
    [["inspect", ":1", "--ca", "{}/none.pem"], /--ca: cannot read .*none\.pem \(ENOENT\)/],
    [["inspect", ":1", "--header", "nonsense"], /--header wants "Name: value"/],
    [["inspect", ":1", "--cert", "{}/notes.txt"], /--key/],
    [["capture", ":1"], /required option '-o, --out <bundle>' not specified/],
    [["explain", "nonsense"], /there is no pattern nonsense; gopatrol explain lists them/],
  ])("%j", async (words, says) => {
    const run = await runGopatrol(inFolder(words));
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(says);
    expect(run.stderr).not.toMatch(/^ +at /m);
  });

  test("no argument at all shows how to begin", async () => {
    const run = await runGopatrol([]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("gopatrol inspect :6060");
  });
});

describe.concurrent("files that cannot be inspected: a sentence, exit code 3", () => {
  test.each<[words: string[], says: RegExp]>([
    [["{}/none.pb.gz"], /there is no file .*none\.pb\.gz: check the path/],
    [["{}/empty.pb.gz"], /empty\.pb\.gz is empty: capture it again/],
    [["{}/photos"], /directory without manifest\.json, so it is not a bundle: name the files in it/],
    [["{}/heap.pb.gz", "{}/none.pb.gz"], /there is no file/],
    [["{}/page.pb.gz"], /an HTML page/],
    [["{}/notes.txt"], /the text "milk, bread"/],
  ])("%j", async (words, says) => {
    const run = await runGopatrol(["inspect", ...inFolder(words)]);
    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(says);
    expect(run.stderr.trim().split("\n")).toHaveLength(1);
  });

  test.skipIf(process.getuid?.() === 0)("a file that may not be read (root may read any)", async () => {
    const path = join(folder, "secret.pb.gz");
    await writeFile(path, "secret");
    await chmod(path, 0);
    const run = await runGopatrol(["inspect", path]);
    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(/cannot be read \(EACCES\): check its permissions/);
  });
});

describe.concurrent("where nothing can be written is said before the target is asked, with exit code 2", () => {
  test.each<[flags: string[], says: RegExp]>([
    [["--out", "{}/notes.txt/report.html"], /--out: .* cannot be written \(ENOTDIR\)/],
    [["--out", "{}/none/report.html"], /--out: .* cannot be written \(ENOENT\)/],
    [["--out", "{}/photos"], /--out: .* is a directory: name a file in it/],
    [["--save", "{}/none/bundle.tar.gz"], /bundle .* cannot be written \(ENOENT\)/],
    [["--save", "{}/notes.txt/bundle"], /bundle .* cannot be written \(ENOTDIR\)/],
    [["--save", "{}/notes.txt"], /exists and is not a bundle, so it was left alone/],
    [["--save", "{}/photos"], /exists and is not a bundle, so it was left alone/],
  ])("inspect %j", async (flags, says) => {
    await withFakePprofServer({}, async ({ url, requests }) => {
      const run = await runGopatrol(["inspect", url, ...SHORT_WINDOW, ...inFolder(flags)]);
      expect(run).toMatchObject({ code: 2, stdout: "" });
      expect(run.stderr).toMatch(says);
      expect(requests).toEqual([]);
    });
  });

  test.each(["{}/photos", "{}/none/bundle.tgz"])("capture -o %s", async (place) => {
    await withFakePprofServer({}, async ({ url, requests }) => {
      const run = await runGopatrol(["capture", url, ...SHORT_WINDOW, "-o", ...inFolder([place])]);
      expect(run).toMatchObject({ code: 2, stdout: "" });
      expect(requests).toEqual([]);
    });
    expect(await readdir(join(folder, "photos"))).toEqual(["cat.png"]);
  });

  test.skipIf(!existsSync("/dev/full"))("a disk that turns out to be full (needs /dev/full)", async () => {
    const run = await runGopatrol(["inspect", join(folder, "bundle.tar.gz"), "--out", "/dev/full"]);
    expect(run.code).toBe(3);
    expect(run.stderr).toBe("gopatrol: the report cannot be written to /dev/full (ENOSPC).\n");
  });

  test.skipIf(process.getuid?.() === 0)(
    "in a folder that may not be written (root may write any)",
    async () => {
      const locked = join(folder, "locked");
      await mkdir(locked, { mode: 0o500 });
      const run = await runGopatrol(["inspect", ":1", "--out", join(locked, "report.html")]);
      expect(run.code).toBe(2);
      expect(run.stderr).toMatch(/cannot be written \(EACCES\)/);
    },
  );
});

describe.concurrent("help", () => {
  test.each([["--help"], ["inspect", "--help"], ["capture", "--help"], ["help", "explain"]])(
    "%s goes to stdout",
    async (...words) => {
      const run = await runGopatrol(words);
      expect(run).toMatchObject({ code: 0, stderr: "" });
      expect(run.stdout).toMatch(/^Usage: gopatrol/);
    },
  );

  test("says what times and sizes are when nothing is said", async () => {
    const { stdout } = await runGopatrol(["inspect", "--help"]);
    expect(stdout).toContain("(default: 30s)");
    expect(stdout).toContain("Exit codes: 0 nothing found");
  });

  test("explain shows a pattern's page, whole id or last part", async () => {
    const whole = await runGopatrol(["explain", "goroutine/blocked-send"]);
    expect(whole.code).toBe(0);
    expect(whole.stdout).toMatch(/blocked-send/);
    expect((await runGopatrol(["explain", "blocked-send"])).stdout).toBe(whole.stdout);
    const chinese = await runGopatrol(["explain", "blocked-send", "--lang", "zh"]);
    expect(chinese.stdout).toMatch(/^# goroutine\/blocked-send：永远等待发送/);
  });
});
