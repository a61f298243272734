import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { AuditFileError, openAuditFile, verifyAuditFile } from "./audit-file.ts";

const dir = mkdtempSync(join(tmpdir(), "gopatrol-audit-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function write(name: string, count: number): string {
  const path = join(dir, name);
  for (let i = 0; i < count; i++) {
    // Opened anew each time, as by as many starts of the patrol.
    const file = openAuditFile(path);
    file.append({
      atMs: 1_764_096_595_000 + i,
      actor: "patrol@west",
      action: "start",
      detail: { n: i, ok: true },
    });
    file.close();
  }
  return path;
}

describe("the audit file", () => {
  it("goes on with its chain over restarts", async () => {
    const path = write("good.ndjson", 5);
    expect(await verifyAuditFile(path)).toEqual({ entries: 5, problems: [] });
    const sequences = readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).sequence);
    expect(sequences).toEqual([1, 2, 3, 4, 5]);
  });

  it("shows an entry that was changed, taken out, or cut off at the front", async () => {
    const lines = readFileSync(write("base.ndjson", 5), "utf8").trim().split("\n");
    const verify = async (kept: string[]) => {
      const path = join(dir, "changed.ndjson");
      writeFileSync(path, `${kept.join("\n")}\n`);
      return (await verifyAuditFile(path)).problems;
    };
    expect(await verify(lines.with(2, lines[2]!.replace('"n":2', '"n":9')))).toEqual([
      "Audit entry 3 was changed after it was written.",
    ]);
    expect(await verify(lines.toSpliced(2, 1))).toEqual(["Audit entries between 2 and 4 are missing."]);
    expect(await verify(lines.slice(1))).toEqual(["The audit file begins with entry 2."]);
    expect(await verify(["nonsense", ...lines])).toEqual(["Line 1 of the audit file is no entry."]);
  });

  it("puts an entry aside that a kill has cut short, at whatever byte, and goes on", async () => {
    const path = write("torn.ndjson", 3);
    const whole = readFileSync(path);
    const last = whole.lastIndexOf("\n", whole.length - 2) + 1;
    for (let cut = last; cut < whole.length; cut += 17) {
      writeFileSync(path, whole.subarray(0, cut));
      const file = openAuditFile(path);
      expect(file.tornBytes).toBe(cut - last);
      expect(file.append({ atMs: 1, actor: "a", action: "start", detail: {} }).sequence).toBe(3);
      file.close();
      expect(await verifyAuditFile(path)).toEqual({ entries: 3, problems: [] });
    }
    const aside = readFileSync(`${path}.torn`, "utf8").split("\n");
    expect(whole.toString("utf8", last)).toContain(aside[0]);
  });

  it.each([
    ["a line that is no entry", "nonsense\n"],
    ["text of something else", "nonsense"],
  ])("does not begin anew behind %s", (_, end) => {
    const path = write("other.ndjson", 2);
    appendFileSync(path, end);
    expect(() => openAuditFile(path)).toThrow(AuditFileError);
    rmSync(path);
  });
});
