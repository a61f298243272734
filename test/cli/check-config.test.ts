import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configReportSchema } from "../../src/patrol/published/config-report-schema.ts";
import { expectDescribed } from "../support/expect-described.ts";
import { runGopatrol } from "../support/run-gopatrol.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gopatrol-config-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  await chmod(file, 0o600);
  return file;
}

describe("gopatrol patrol check-config", () => {
  it("says what a right file holds, and exits with 0", async () => {
    const file = await write("right.toml", '[[targets]]\naddress = "localhost:6060"\n');
    const { code, stdout, stderr } = await runGopatrol(["patrol", "check-config", file]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(`${file}: ok: 1 target, 3 checks, 6 rules, 1 receiver.\n`);
    const json = await runGopatrol(["patrol", "check-config", file, "--format", "json"]);
    expectDescribed(configReportSchema, JSON.parse(json.stdout));
  });

  it("shows what is wrong in its line, without secrets, and exits with 2", async () => {
    const text = '[[targets]]\nadress = "localhost:6060"\nauth = { bearer = "hunter2", usr = "x" }\n';
    const file = await write("wrong.toml", text);
    const { code, stdout } = await runGopatrol(["patrol", "check-config", file]);
    expect(code).toBe(2);
    expect(stdout).toContain(`${file}:2:1: error: there is no key "adress" here\n  2 | adress = `);
    expect(stdout).toContain('  hint: did you mean "address"?\n');
    expect(stdout).toMatch(/3 errors, 1 warning\.\n$/);
    expect(stdout).not.toContain("hunter2");
  });

  it("gives JSON for editors", async () => {
    const file = await write("wrong.toml", '[[targets]]\naddress = "a:1"\nlimit = "2 gigs"\n');
    const { code, stdout } = await runGopatrol(["patrol", "check-config", file, "--format", "json"]);
    expect(code).toBe(2);
    expectDescribed(configReportSchema, JSON.parse(stdout));
    expect(JSON.parse(stdout)).toEqual({
      schema: "gopatrol.check-config/v1",
      file,
      ok: false,
      hash: null,
      counts: null,
      problems: [
        {
          severity: "error",
          code: "bad-size",
          message: '"limit": "2 gigs" is not a size',
          hint: 'write a number with B, KiB, MiB, GiB or TiB, such as "512MiB"',
          line: 3,
          column: 9,
          endColumn: 17,
        },
      ],
    });
  });

  it("says that there is no such file", async () => {
    const { code, stderr } = await runGopatrol(["patrol", "check-config", join(folder, "none.toml")]);
    expect([code, stderr]).toEqual([2, `gopatrol: ${join(folder, "none.toml")} cannot be read (ENOENT).\n`]);
  });
});
