import { describe, expect, it } from "vitest";
import { describeDiff, diffConfigs, isEmptyDiff } from "./config-diff.ts";
import { hashConfig } from "./config-hash.ts";
import { loadPatrolConfig } from "./load-config.ts";
import type { PatrolConfig } from "./patrol-config.ts";
import { reloadConfig } from "./reload-config.ts";

function load(text: string, baseDir?: string): PatrolConfig {
  const { config, errors } = loadPatrolConfig(text, baseDir === undefined ? {} : { baseDir });
  expect(errors).toEqual([]);
  return config!;
}

const BEFORE = `
[[targets]]
id = "a"
address = "a:6060"
[[targets]]
id = "b"
address = "b:6060"
[[checks]]
name = "healthz"
kind = "http"
match = ["*"]
[store]
dir = "data"
`;

describe("a changed configuration", () => {
  it("is told from one that is only written otherwise", () => {
    const before = load(BEFORE);
    const same = load(
      `# a comment\n${BEFORE.replace('id = "a"\naddress = "a:6060"', 'address = "a:6060"\nid = "a"')}`,
    );
    expect(hashConfig(same)).toBe(hashConfig(before));
    expect(hashConfig(load(BEFORE.replace("a:6060", "a:6061")))).not.toBe(hashConfig(before));
    expect(isEmptyDiff(diffConfigs(before, same))).toBe(true);
    expect(describeDiff(diffConfigs(before, same))).toBe("nothing changed");
  });

  it("has a hash from which no secret of the file can be guessed", () => {
    const withSecret = (secret: string) =>
      load(`[cache]\nkind = "redis"\nhost = "c"\npassword = "${secret}"\n`);
    expect(hashConfig(withSecret("one"))).toBe(hashConfig(withSecret("two")));
  });

  it("takes the place of the old one at once, but for what needs a new start", () => {
    const before = load(BEFORE);
    const text = `
[[targets]]
id = "a"
address = "a:7070"
[[targets]]
id = "c"
address = "c:6060"
[[checks]]
name = "port"
kind = "tcp"
match = ["*"]
[store]
dir = "elsewhere"
[store.retention]
metrics = "30d"
[budget]
heavy_in_flight = 1
`;
    const reload = reloadConfig(before, text);
    if (reload.outcome !== "new") throw new Error("it was kept");
    expect(reload.diff.targets).toEqual({ added: ["c"], removed: ["b"], changed: ["a"] });
    expect(reload.diff.checks).toEqual({ added: ["port"], removed: ["healthz"], changed: [] });
    expect(reload.diff.parts).toEqual(["budget"]);
    expect(describeDiff(reload.diff)).toBe(
      "targets: +1 -1 ~1; checks: +1 -1; budget; store.dir at the next start",
    );
    expect(reload.config.store).toMatchObject({ dir: "data", retention: { metricsMs: 30 * 86_400_000 } });
  });

  it("that is wrong leaves the old one as it is", () => {
    const reload = reloadConfig(load(BEFORE), BEFORE.replace("[store]", "[stor]"));
    expect(reload).toMatchObject({ outcome: "kept", errors: [{ code: "unknown-key" }] });
  });

  it("has its paths in the folder of its file", () => {
    const config = load(
      `${BEFORE}
[[discovery]]
kind = "file"
files = ["targets/*.json", "/abs/x.json"]
[[sinks]]
kind = "elasticsearch"
url = "https://search:9200"
auth = { user = "u", password_file = "pw", ca_file = "ca.pem" }
[run]
audit_file = "audit.jsonl"
`,
      "/etc/gopatrol",
    );
    expect(config.discovery).toMatchObject([{ files: ["/etc/gopatrol/targets/*.json", "/abs/x.json"] }]);
    expect(config.sinks).toMatchObject([
      { auth: { password: { path: "/etc/gopatrol/pw" }, tls: { caFile: "/etc/gopatrol/ca.pem" } } },
    ]);
    expect(config.store.dir).toBe("/etc/gopatrol/data");
    expect(config.run.auditFile).toBe("/etc/gopatrol/audit.jsonl");
  });
});
