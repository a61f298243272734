import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runGopatrol } from "../support/run-gopatrol.ts";

const UNITS = resolve(import.meta.dirname, "../../deploy/systemd");
let folder: string;
let config: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gopatrol-units-"));
  config = join(folder, "gopatrol.toml");
  await writeFile(config, '[[targets]]\naddress = "localhost:6060"\n', { mode: 0o600 });
});
afterAll(() => rm(folder, { recursive: true }));

test.each(["gopatrol.service", "gopatrol-once.service"])(
  "%s checks its configuration before it starts",
  async (unit) => {
    const text = await readFile(join(UNITS, unit), "utf8");
    const [, words] = /^ExecStartPre=\S+gopatrol (.+)$/m.exec(text) ?? [];
    const { code, stdout, stderr } = await runGopatrol(
      words!.split(" ").map((word) => (word === "/etc/gopatrol/gopatrol.toml" ? config : word)),
    );
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("ok: 1 target");
  },
);
