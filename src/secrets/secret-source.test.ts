import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSecretSource } from "./secret-source.ts";

let folder: string;
const warnings: string[] = [];
const source = openSecretSource({
  vault: null,
  env: { TOKEN: "of the environment", EMPTY: "" },
  clock: { wallMs: () => 0, monotonicMs: () => 0, sleep: async () => {} },
  warn: (message) => warnings.push(message),
  onVaultEvent: () => {},
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gopatrol-secret-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string, mode: number): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

describe("a secret", () => {
  it("comes from the environment", async () => {
    expect(await source.read({ from: "env", name: "TOKEN" })).toBe("of the environment");
    for (const name of ["EMPTY", "NONE"]) {
      await expect(source.read({ from: "env", name })).rejects.toMatchObject({ code: "no-such-variable" });
    }
  });

  it("comes from a file, as it is now, without the line break at its end", async () => {
    const path = await write("token", " spaced \n", 0o600);
    expect(await source.read({ from: "file", path })).toBe(" spaced ");
    await writeFile(path, "rotated\r\n");
    expect(await source.read({ from: "file", path })).toBe("rotated");
    expect(warnings).toEqual([]);
  });

  it("in a file that all may read is told once; that all may write is refused", async () => {
    const open = await write("open", "x", 0o644);
    for (let i = 0; i < 2; i++) expect(await source.read({ from: "file", path: open })).toBe("x");
    expect(warnings).toEqual([`everybody may read the secret in ${open}`]);
    const writable = await write("writable", "x", 0o666);
    await expect(source.read({ from: "file", path: writable })).rejects.toMatchObject({
      code: "unsafe-file",
    });
  });

  it.each([
    ["none", null, "unreadable-file"],
    ["empty", "\n", "empty"],
    ["large", "x".repeat(65_537), "unsafe-file"],
  ])("that is %s is refused with its reason", async (name, text, code) => {
    const path = text === null ? join(folder, name) : await write(name, text, 0o600);
    await expect(source.read({ from: "file", path })).rejects.toMatchObject({ code });
  });

  it("from Vault needs one", async () => {
    await expect(source.read({ from: "vault", path: "a", field: "b" })).rejects.toMatchObject({
      code: "vault-not-configured",
    });
  });
});
