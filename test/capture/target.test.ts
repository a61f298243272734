import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createTar } from "nanotar";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CaptureError } from "../../src/capture/capture-error.ts";
import { parseUrlTarget, resolveTarget } from "../../src/capture/target.ts";

describe("a service's address", () => {
  test.each([
    // word, server root, where pprof is mounted, name
    ["http://h:6060", "http://h:6060", "/debug/pprof", "http://h:6060"],
    ["http://h:6060/", "http://h:6060", "/debug/pprof", "http://h:6060/"],
    ["h:6060", "http://h:6060", "/debug/pprof", "h:6060"],
    ["10.0.0.7:80", "http://10.0.0.7", "/debug/pprof", "10.0.0.7:80"],
    [":6060", "http://localhost:6060", "/debug/pprof", ":6060"],
    ["[::1]:6060", "http://[::1]:6060", "/debug/pprof", "[::1]:6060"],
    [
      "https://h/some/prefix/debug/pprof",
      "https://h",
      "/some/prefix/debug/pprof",
      "https://h/some/prefix/debug/pprof",
    ],
    ["http://h:1/debug/pprof/", "http://h:1", "/debug/pprof", "http://h:1/debug/pprof/"],
    ["http://h:1/internal/pprof", "http://h:1", "/internal/pprof", "http://h:1/internal/pprof"],
    ["http://h:1/debug/pprof/heap", "http://h:1", "/debug/pprof", "http://h:1/debug/pprof/heap"],
    [
      "http://h:1/svc/debug/pprof/my-own",
      "http://h:1",
      "/svc/debug/pprof",
      "http://h:1/svc/debug/pprof/my-own",
    ],
    [
      "http://h:1/internal/pprof/goroutine",
      "http://h:1",
      "/internal/pprof",
      "http://h:1/internal/pprof/goroutine",
    ],
    ["h:1/debug/pprof/heap?debug=1", "http://h:1", "/debug/pprof", "http://h:1/debug/pprof/heap"],
    ["http://h:1/heap", "http://h:1", "", "http://h:1/heap"],
  ])("%s", (word, serverRoot, pprofPath, name) => {
    expect(parseUrlTarget(word)).toEqual({
      kind: "url",
      name,
      serverRoot,
      pprofPath,
      insecure: false,
      basic: undefined,
      query: "",
    });
  });

  test("https+insecure:// is https with any certificate", () => {
    const target = parseUrlTarget("https+insecure://h:8443/x/debug/pprof");
    expect(target).toMatchObject({
      serverRoot: "https://h:8443",
      pprofPath: "/x/debug/pprof",
      insecure: true,
    });
  });

  test("a process is a target", async () => {
    expect(await resolveTarget(["pid:123"])).toEqual({ kind: "process", name: "pid:123", pid: 123 });
  });

  test("user, password and token are kept for the requests and out of the name", () => {
    const target = parseUrlTarget("http://me:p%40ss@h:6060/debug/pprof?token=s3cret&seconds=5");
    expect(target.basic).toEqual({ user: "me", password: "p@ss" });
    expect(target.query).toBe("token=s3cret");
    expect(target.name).toBe("http://h:6060/debug/pprof");
  });

  test.each([
    ["ftp://h:21/", "ftp"],
    ["http://", "not a URL"],
    ["http://h:99999/", "not a URL"],
    ["http://h:0/", "port 0"],
    ["h:99999", "not a URL"],
  ])("nonsense is refused: %s", (word, says) => {
    const error = catchError(() => parseUrlTarget(word));
    expect(error.code).toBe("bad-target");
    expect(error.message).toContain(says);
    expect(error.hint).not.toBe("");
  });

  test.each([
    "http://me:pass/word@h:6060",
    "me:password@h:6060",
    "http://me:password@h:99999/?token=password",
  ])("an address that cannot be understood is shown without its password: %s", async (word) => {
    const error = await resolveTarget([word]).then(
      () => undefined,
      (cause: unknown) => cause as CaptureError,
    );
    expect(error?.code).toBe("bad-target");
    expect(`${error?.message} ${error?.hint}`).not.toContain("word@");
    expect(`${error?.message} ${error?.hint}`).not.toMatch(/me:|password/);
  });
});

describe("what the words name", () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gopatrol-target-"));
    await writeFile(at("heap.pb.gz"), gzipSync("no tar archive"));
    await writeFile(at("dump.txt"), "goroutine 1 [running]:\n");
    await writeFile(at("localhost:6060"), "a file of that name");
    await writeFile(at("oddly-named"), gzipSync(createTar([{ name: "manifest.json", data: "{}" }])));
    await mkdir(at("bundle"));
    await writeFile(at("bundle/manifest.json"), "{}");
    await mkdir(at("profiles"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("a directory with a manifest is a bundle, an archive is known by its content", async () => {
    expect(await resolveTarget([at("bundle")])).toEqual({
      kind: "bundle",
      form: "directory",
      path: at("bundle"),
    });
    const archive = at("oddly-named");
    expect(await resolveTarget([archive])).toEqual({ kind: "bundle", form: "archive", path: archive });
  });

  test("any number of other files are loose files, in the order given", async () => {
    const paths = [at("heap.pb.gz"), at("dump.txt")];
    expect(await resolveTarget(paths)).toEqual({ kind: "files", paths });
    expect(await resolveTarget([at("localhost:6060")])).toMatchObject({ kind: "files" });
  });

  test.each([
    ["missing.pb.gz", "no-such-file"],
    ["profiles", "not-a-file"],
  ])("%s: %s", async (name, code) => {
    await expect(resolveTarget([at(name)])).rejects.toMatchObject({ name: "CaptureError", code });
  });

  test("a word that is neither", async () => {
    await expect(resolveTarget(["nonsense"])).rejects.toMatchObject({ code: "bad-target" });
    await expect(resolveTarget([])).rejects.toMatchObject({ code: "bad-target" });
  });

  test("several targets that do not go together", async () => {
    await expect(resolveTarget(["h:1", at("heap.pb.gz")])).rejects.toMatchObject({ code: "bad-target" });
    await expect(resolveTarget(["h:1", "h:2"])).rejects.toMatchObject({ code: "bad-target" });
  });
});

function catchError(run: () => unknown): CaptureError {
  try {
    run();
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw error;
  }
  throw new Error("no error was thrown");
}
