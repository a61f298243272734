import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { requiredTool } from "../support/required-tool.ts";

const root = resolve(import.meta.dirname, "../..");
const manifests = globSync("deploy/kubernetes/*.yaml", { cwd: root }).map((path) => join(root, path));
const go = requiredTool("go");

/** The API's types are a large download, so that this runs where somebody has fetched them: scripts/check-manifests.sh. */
function findModules(): boolean {
  if (!go.available) return false;
  const { stdout } = spawnSync(go.path, ["env", "GOMODCACHE"], { encoding: "utf8" });
  const [, version] = /k8s\.io\/client-go (v\S+)/.exec(
    readFileSync(join(root, "deploy/kubernetes/check/go.mod"), "utf8"),
  )!;
  return existsSync(join(stdout.trim(), `k8s.io/client-go@${version}`));
}

const hasModules = findModules();
const reason = hasModules
  ? ""
  : " (skipped: scripts/check-manifests.sh has not fetched Kubernetes' Go modules)";

const isRequired = process.env["GOPATROL_REQUIRE_TOOLS"] === "1";
describe.skipIf(!hasModules && !isRequired)(`the manifests, by Kubernetes' own types${reason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "gopatrol-manifests-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const check = (files: readonly string[]) => {
    const { status, stdout } = spawnSync(join(root, "scripts/check-manifests.sh"), files, {
      encoding: "utf8",
      env: { ...process.env, GOPROXY: "off", GOFLAGS: "-mod=mod" },
    });
    return { status, stdout };
  };

  it("hold no field that the API does not know, and pods that a restricted namespace admits", () => {
    const { status, stdout } = check(manifests);
    expect(stdout.match(/its pods are admitted by the restricted standard/g)).toHaveLength(2);
    expect(status).toBe(0);
  }, 600_000);

  it("would be refused with a misspelt field or a pod that may be root", () => {
    const [deployment] = manifests.filter((path) => path.endsWith("gopatrol.yaml"));
    const text = readFileSync(deployment!, "utf8");
    const write = (name: string, changed: string): string => {
      expect(changed).not.toBe(text);
      const path = join(folder, name);
      writeFileSync(path, changed);
      return path;
    };
    const { status, stdout } = check([
      write("misspelt.yaml", text.replace("readOnly: true", "readOnli: true")),
      write("root.yaml", text.replace("runAsNonRoot: true", "runAsNonRoot: false")),
    ]);
    expect(stdout).toContain("volumeMounts[0].readOnli");
    expect(stdout).toContain("not restricted: runAsNonRoot");
    expect(status).toBe(1);
  }, 600_000);
});
