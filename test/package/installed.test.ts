import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeBundle } from "../../src/capture/bundle-file.ts";
import { recordedBundle, SERVICES } from "../support/recorded-service.ts";
import { type GopatrolRun, runGopatrol } from "../support/run-gopatrol.ts";

/** The tarball that `npm pack` makes, in a folder that knows nothing of the checkout. */

const root = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

let folder: string;
let tarball: string;
/** Unpacked, with the checkout's dependencies beside it. */
let unpacked: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "gopatrol-package-")));
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: root });
  // What the build prints comes before it.
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf("[\n"))) as { filename: string }[];
  tarball = join(folder, packed!.filename);
  const modules = join(folder, "linked", "node_modules");
  unpacked = join(modules, "gopatrol");
  await mkdir(unpacked, { recursive: true });
  await run("tar", ["-xzf", tarball, "-C", unpacked, "--strip-components=1"]);
  const manifest = JSON.parse(await readFile(join(unpacked, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(manifest.dependencies)) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, "node_modules", name), join(modules, name));
  }
  await writeBundle(join(folder, "leaky.tar.gz"), recordedBundle(SERVICES.leakingHeap));
});
afterAll(() => rm(folder, { recursive: true }));

function inspect(...flags: string[]): Promise<GopatrolRun> {
  return runGopatrol(["inspect", "leaky.tar.gz", ...flags], {
    cwd: folder,
    program: join(unpacked, "bin", "gopatrol"),
  });
}

describe("the packed tarball", () => {
  test("holds what is run and read, and nothing else", async () => {
    const names = (await readdir(unpacked, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(unpacked.length + 1));
    expect(names).toContain("bin/gopatrol");
    expect(names).toContain("dist/cli/main.js");
    expect(names).toContain("docs/patterns/data/unbounded-map.md");
    expect(names).toContain("docs/schema/report-v1.schema.json");
    expect(names.filter((name) => !/^(bin|dist|docs\/(patterns|schema))\/|^[^/]+$/.test(name))).toEqual([]);
    expect(names.filter((name) => /\.test\.|(?<!\.d)\.ts$/.test(name))).toEqual([]);
  });

  test("imports compiled files only", async () => {
    const dist = join(unpacked, "dist");
    for (const name of await readdir(dist, { recursive: true })) {
      if (!name.endsWith(".js")) continue;
      const text = await readFile(join(dist, name), "utf8");
      expect(text.match(/(?:from|import\()\s*"\.[^"]*\.ts"/g), name).toBeNull();
    }
  });

  test("runs where nothing else is", async () => {
    const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
    const options = { cwd: folder, program: join(unpacked, "bin", "gopatrol") };
    const version = await runGopatrol(["--version"], options);
    expect(version).toMatchObject({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
    const page = await runGopatrol(["explain", "data/unbounded-map"], options);
    expect(page.code).toBe(0);
    expect(page.stdout).toContain("data/unbounded-map");
  });

  test("gives the reports that the checkout gives, in all four formats", async () => {
    for (const format of ["text", "json", "markdown"]) {
      const installed = await inspect("--format", format);
      const checkout = await runGopatrol(["inspect", "leaky.tar.gz", "--format", format], { cwd: folder });
      expect(installed).toMatchObject({ code: 1, stderr: "", stdout: checkout.stdout });
    }
    const html = await inspect("--format", "html");
    expect(html).toMatchObject({ code: 1, stderr: "" });
    // The page's script is the text of compiled functions, of which the checkout's are another text.
    const script = /<script>(.*?)<\/script>/s.exec(html.stdout)?.[1] ?? "";
    expect(script).toContain("addEventListener");
    expect(() => new Function(script)).not.toThrow();
    const hash = createHash("sha256").update(script).digest("base64");
    expect(html.stdout).toContain(`script-src 'sha256-${hash}'`);
  });

  test("can be imported as a library", async () => {
    const script = `import { inspectBundle, DecodeError } from "gopatrol"; console.log(typeof inspectBundle, typeof DecodeError)`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], {
      cwd: join(folder, "linked"),
    });
    expect(stdout).toBe("function function\n");
  });
});

const UNREACHABLE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED/;

test("npm installs it with its dependencies (skipped where the registry cannot be reached)", async (context) => {
  const place = join(folder, "installed");
  await mkdir(place);
  await writeFile(join(place, "package.json"), '{ "private": true }');
  const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=0", tarball];
  try {
    await run("npm", args, { cwd: place });
  } catch (error) {
    const isRequired = process.env["GOPATROL_REQUIRE_TOOLS"] === "1";
    if (isRequired || !UNREACHABLE.test(String((error as { stderr?: string }).stderr))) throw error;
    context.skip("the registry cannot be reached");
  }
  const installed = await runGopatrol(["inspect", join("..", "leaky.tar.gz")], {
    cwd: place,
    program: join(place, "node_modules", "gopatrol", "bin", "gopatrol"),
  });
  expect(installed).toMatchObject({ code: 1, stderr: "" });
  expect(installed.stdout).toMatch(/^LEAK$/m);
});
